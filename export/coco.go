package export

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"

	"github.com/sightline/sightline/dataset"
)

type cocoImage struct {
	ID         int      `json:"id"`
	File       string   `json:"file_name"`
	Width      int      `json:"width"`
	Height     int      `json:"height"`
	Label      *string  `json:"label"`
	Predicted  string   `json:"predicted"`
	Confidence float32  `json:"confidence"`
	Tags       []string `json:"tags"`
	Path       string   `json:"path"`
}

type cocoAnnotation struct {
	ID           int        `json:"id"`
	Image        int        `json:"image_id"`
	Category     int        `json:"category_id"`
	Box          [4]float64 `json:"bbox"` // x, y, width, height
	Segmentation any        `json:"segmentation,omitempty"`
	Area         float64    `json:"area"`
	Crowd        int        `json:"iscrowd"`
}

type cocoCategory struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// cocoRuns is a mask in COCO's form: counts of pixels down the columns, outside first.
type cocoRuns struct {
	Size   [2]int `json:"size"` // height, width
	Counts []int  `json:"counts"`
}

// writeCOCO writes images/FILE and annotations/SPLIT.json: a region is an annotation, its name
// the category. COCO has no labels of whole images: they are a field of each image.
func writeCOCO(_ context.Context, set *Set, _ Options, to *Folder) error {
	files, categories, splits := newNames(), []string{}, []string{}
	err := set.Each(false, func(s *Sample) error {
		if !slices.Contains(splits, s.Split) {
			splits = append(splits, s.Split)
		}
		for _, r := range s.Regions {
			if !slices.Contains(categories, r.Name) {
				categories = append(categories, r.Name)
			}
		}
		return to.Image(path.Join("images", files.image(s)), s)
	})
	if err != nil {
		return err
	}
	slices.Sort(categories)
	for _, split := range splits {
		if err := to.File(path.Join("annotations", splitName(split)+".json"), func(w io.Writer) error { return cocoFile(set, split, categories, files, w) }); err != nil {
			return err
		}
	}
	return nil
}

// cocoFile writes the file of a split: images first, then their annotations, in two passes.
func cocoFile(set *Set, split string, categories []string, files *names, w io.Writer) error {
	info, err := json.Marshal(map[string]string{"description": "Exported by Sightline from " + set.Name, "slice": set.Slice, "split": split})
	if err != nil {
		return err
	}
	listed := make([]cocoCategory, len(categories))
	for i, name := range categories {
		listed[i] = cocoCategory{i + 1, name}
	}
	known, err := json.Marshal(listed)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "{\"info\": %s,\n\"categories\": %s,\n\"images\": [", info, known)
	if err := cocoList(set, split, w, func(id int, s *Sample) []any {
		l := toLine(set, s)
		return []any{cocoImage{id, files.image(s), s.Width, s.Height, l.Label, s.Predicted, s.Confidence, l.Tags, s.Path}}
	}); err != nil {
		return err
	}
	fmt.Fprint(w, "],\n\"annotations\": [")
	annotation := 0
	if err := cocoList(set, split, w, func(id int, s *Sample) (list []any) {
		for _, r := range s.Regions {
			annotation++
			list = append(list, toCOCO(r, annotation, id, slices.Index(categories, r.Name)+1))
		}
		return list
	}); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, "]}")
	return err
}

// cocoList writes the elements that each sample of a split gives; ids count from 1.
func cocoList(set *Set, split string, w io.Writer, of func(id int, s *Sample) []any) error {
	separator, id := "\n", 0
	return set.Each(false, func(s *Sample) error {
		if s.Split != split {
			return nil
		}
		id++
		for _, element := range of(id, s) {
			text, err := json.Marshal(element)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(w, "%s%s", separator, text); err != nil {
				return err
			}
			separator = ",\n"
		}
		return nil
	})
}

func toCOCO(r dataset.Region, id, image, category int) cocoAnnotation {
	x0, y0, x1, y1 := bounds(r)
	a := cocoAnnotation{ID: id, Image: image, Category: category, Box: [4]float64{x0, y0, x1 - x0, y1 - y0}, Area: (x1 - x0) * (y1 - y0)}
	switch r.Kind {
	case "polygon":
		a.Segmentation, a.Area = [][]float64{r.Points}, polygonArea(r.Points)
	case "mask":
		runs := cocoRuns{Size: [2]int{int(r.Points[1]), int(r.Points[0])}, Counts: []int{}}
		a.Area = 0
		for i, n := range r.Points[2:] {
			runs.Counts = append(runs.Counts, int(n))
			a.Area += n * float64(i%2)
		}
		a.Segmentation = runs
	}
	return a
}

// polygonArea is by the shoelace formula.
func polygonArea(points []float64) (area float64) {
	for i, n := 0, len(points)/2; i < n; i++ {
		j := (i + 1) % n
		area += points[2*i]*points[2*j+1] - points[2*j]*points[2*i+1]
	}
	return max(area, -area) / 2
}

// bounds are the least box around a region; zero of a mask without a pixel.
func bounds(r dataset.Region) (x0, y0, x1, y1 float64) {
	if r.Kind == "mask" {
		return maskBounds(r.Points)
	}
	x0, y0, x1, y1 = r.Points[0], r.Points[1], r.Points[0], r.Points[1]
	for i := 0; i+1 < len(r.Points); i += 2 {
		x0, x1 = min(x0, r.Points[i]), max(x1, r.Points[i])
		y0, y1 = min(y0, r.Points[i+1]), max(y1, r.Points[i+1])
	}
	return x0, y0, x1, y1
}

func maskBounds(points []float64) (x0, y0, x1, y1 float64) {
	height, at, found := points[1], 0.0, false
	for i, n := range points[2:] {
		if i%2 == 1 && n > 0 {
			first, last := at, at+n-1
			left, right := float64(int(first)/int(height)), float64(int(last)/int(height)+1)
			top, bottom := first-left*height, last-(right-1)*height+1
			if right > left+1 {
				top, bottom = 0, height
			}
			if !found {
				x0, y0, x1, y1, found = left, top, right, bottom, true
			}
			x0, y0, x1, y1 = min(x0, left), min(y0, top), max(x1, right), max(y1, bottom)
		}
		at += n
	}
	return x0, y0, x1, y1
}
