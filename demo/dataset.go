package demo

import "fmt"

// dataset is one of the demo's datasets.
type dataset struct {
	name    string
	classes []string
	// regions are the names of its boxes, the COCO categories in order.
	regions []string
	// scene draws image number of a class and returns its regions.
	scene func(s stream, class string, c *canvas) []region
	// counts are the images per class of each split in the demo on the user's machine.
	counts map[string]int
}

// splits in the order in which they are written.
var splits = []string{"train", "val", "test"}

// datasets in the order of [Datasets].
var datasets = []dataset{
	{"professions-biased", professions, personRegions, personScene(true), map[string]int{"train": 6, "val": 6, "test": 60}},
	{"professions-balanced", professions, personRegions, personScene(false), map[string]int{"train": 6, "val": 6, "test": 60}},
	{"groceries", groceries, []string{"item"}, groceryScene, map[string]int{"train": 5, "val": 5, "test": 48}},
}

// personRegions are the boxes of an image of a person.
var personRegions = []string{"head", "uniform", "background"}

// personScene draws somebody at work.
func personScene(biased bool) func(stream, string, *canvas) []region {
	return func(s stream, class string, c *canvas) []region {
		backdrop(s, c)
		return newPerson(s, class, biased).draw(c)
	}
}

// drawing is one finished image.
type drawing struct {
	path          string // below the dataset, with slashes
	width, height int
	jpeg          []byte
	regions       []region
}

// render draws image number (from 0) of class in split. Sides are 168…224 pixels, within 1:1.15.
func (d dataset) render(split, class string, number int) (drawing, error) {
	s := newStream(d.name, split, class, number)
	w := 168 + s.IntN(49)
	h := min(224, int(float64(w)*s.in(0.95, 1.15)))
	c := newCanvas(w, h)
	regions := d.scene(s, class, c)
	data, err := newCamera(s).develop(s, c)
	if err != nil {
		return drawing{}, fmt.Errorf("image %d of %s/%s/%s: %w", number, d.name, split, class, err)
	}
	return drawing{fmt.Sprintf("%s/%s/%04d.jpg", split, class, number), w, h, data, regions}, nil
}

// datasetNamed finds a dataset.
func datasetNamed(name string) (dataset, error) {
	for _, d := range datasets {
		if d.name == name {
			return d, nil
		}
	}
	return dataset{}, fmt.Errorf("there is no demo dataset %q; there are %v", name, Datasets())
}
