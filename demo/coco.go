package demo

import "encoding/json"

// The part of the COCO format that holds boxes: https://cocodataset.org/#format-data.
type (
	cocoFile struct {
		Info        map[string]string `json:"info"`
		Images      []cocoImage       `json:"images"`
		Annotations []cocoAnnotation  `json:"annotations"`
		Categories  []cocoCategory    `json:"categories"`
	}
	cocoImage struct {
		ID       int    `json:"id"`
		FileName string `json:"file_name"`
		Width    int    `json:"width"`
		Height   int    `json:"height"`
	}
	cocoAnnotation struct {
		ID         int    `json:"id"`
		ImageID    int    `json:"image_id"`
		CategoryID int    `json:"category_id"`
		BBox       [4]int `json:"bbox"` // x, y, width, height in pixels
		Area       int    `json:"area"`
		IsCrowd    int    `json:"iscrowd"`
	}
	cocoCategory struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
	}
)

// regionsJSON writes the regions of the images as COCO JSON; numbers start at 1.
func regionsJSON(d dataset, list []drawing) ([]byte, error) {
	file := cocoFile{Info: map[string]string{"description": "Sightline demo: " + d.name}}
	category := map[string]int{}
	for i, name := range d.regions {
		file.Categories = append(file.Categories, cocoCategory{i + 1, name})
		category[name] = i + 1
	}
	for i, p := range list {
		file.Images = append(file.Images, cocoImage{i + 1, p.path, p.width, p.height})
		for _, r := range p.regions {
			w, h := r.box.x1-r.box.x0, r.box.y1-r.box.y0
			file.Annotations = append(file.Annotations, cocoAnnotation{
				ID: len(file.Annotations) + 1, ImageID: i + 1, CategoryID: category[r.name],
				BBox: [4]int{r.box.x0, r.box.y0, w, h}, Area: w * h,
			})
		}
	}
	return json.MarshalIndent(file, "", " ")
}
