package dataset

import (
	"encoding/json"
	"fmt"
	"math"
)

type cocoFile struct {
	Images []struct {
		ID       json.Number `json:"id"`
		FileName string      `json:"file_name"`
		Width    int         `json:"width"`
		Height   int         `json:"height"`
	} `json:"images"`
	Categories []struct {
		ID   json.Number `json:"id"`
		Name string      `json:"name"`
	} `json:"categories"`
	Annotations []cocoAnnotation `json:"annotations"`
}

type cocoAnnotation struct {
	ID           json.Number     `json:"id"`
	ImageID      json.Number     `json:"image_id"`
	CategoryID   json.Number     `json:"category_id"`
	BBox         []float64       `json:"bbox"`
	Segmentation json.RawMessage `json:"segmentation"`
}

// ReadCOCO reads the images, boxes, polygons and masks of a COCO JSON file
// (https://cocodataset.org/#format-data). An annotation with polygons gives a
// polygon region for each of its parts, one with a run-length mask, compressed or
// not, a mask; else its bbox (x, y, width, height) gives a box.
func ReadCOCO(data []byte) ([]Annotated, error) {
	var f cocoFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("%w: not COCO JSON: %v", ErrRegions, err)
	}
	if len(f.Images) == 0 {
		return nil, fmt.Errorf("%w: COCO JSON without \"images\"", ErrRegions)
	}
	names, at := map[json.Number]string{}, map[json.Number]int{}
	for _, c := range f.Categories {
		names[c.ID] = c.Name
	}
	images := make([]Annotated, len(f.Images))
	for i, im := range f.Images {
		if im.FileName == "" {
			return nil, fmt.Errorf("%w: COCO image %s has no file_name", ErrRegions, im.ID)
		}
		if _, twice := at[im.ID]; twice {
			return nil, fmt.Errorf("%w: two COCO images have the id %s", ErrRegions, im.ID)
		}
		at[im.ID], images[i] = i, Annotated{File: cleanPath(im.FileName), Width: im.Width, Height: im.Height}
	}
	for _, a := range f.Annotations {
		i, ok := at[a.ImageID]
		name, named := names[a.CategoryID]
		if !ok || !named {
			return nil, fmt.Errorf("%w: COCO annotation %s is of image %s, category %s: not both are in the file", ErrRegions, a.ID, a.ImageID, a.CategoryID)
		}
		regions, err := a.regions(name)
		if err != nil {
			return nil, fmt.Errorf("%w: COCO annotation %s: %v", ErrRegions, a.ID, err)
		}
		images[i].Regions = append(images[i].Regions, regions...)
	}
	return images, nil
}

func (a cocoAnnotation) regions(name string) ([]Region, error) {
	var polygons [][]float64
	if json.Unmarshal(a.Segmentation, &polygons) == nil && len(polygons) > 0 {
		var list []Region
		for _, p := range polygons {
			if len(p) < 6 || len(p)%2 != 0 {
				return nil, fmt.Errorf("a polygon of %d numbers", len(p))
			}
			list = append(list, Region{Name: name, Kind: Polygon, Points: p})
		}
		return list, nil
	}
	if mask, err := maskOf(a.Segmentation); err != nil || mask != nil {
		return []Region{{Name: name, Kind: Mask, Points: mask}}, err
	}
	if len(a.BBox) != 4 || !(a.BBox[2] > 0) || !(a.BBox[3] > 0) {
		return nil, fmt.Errorf("it has no polygon and no mask, and its bbox %v is not x, y, width, height", a.BBox)
	}
	x, y := a.BBox[0], a.BBox[1]
	points := []float64{x, y, x + a.BBox[2], y + a.BBox[3]}
	for _, p := range points {
		if math.IsInf(p, 0) {
			return nil, fmt.Errorf("its bbox %v is too large", a.BBox)
		}
	}
	return []Region{{Name: name, Kind: Box, Points: points}}, nil
}
