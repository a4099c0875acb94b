package whatif

import (
	"math"
	"testing"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/tasks/explain"
)

func TestObjectOfTheLabel(t *testing.T) {
	box := func(name string, x0, y0, x1, y1 float64) dataset.Region {
		return dataset.Region{Name: name, Kind: "box", Points: []float64{x0, y0, x1, y1}}
	}
	where := map[int64]explain.Drawn{
		1: explain.NewDrawn(100, 100, []dataset.Region{box("Hot_dog", 0, 0, 50, 100), box("hand", 60, 60, 80, 80)}),
		2: explain.NewDrawn(100, 100, []dataset.Region{box("Hot_dog", 0, 0, 50, 100), box("hand", 40, 60, 60, 80)}),
		3: explain.NewDrawn(100, 100, []dataset.Region{box("hand", 60, 60, 80, 80)}), // no object
		4: explain.NewDrawn(100, 100, []dataset.Region{box("hot dog", 0, 0, 50, 100)}),
	}
	for id, d := range where {
		where[id] = withObject(d, "hot dog")
	}
	ids := []int64{1, 2, 3, 4}
	hand, err := objectOf(Shape{Region: "hand"}, ids, where)
	if err != nil || hand.Samples != 2 || math.Abs(hand.On-0.25) > 0.03 || hand.Outside != 0.5 {
		t.Errorf("hand: %+v, %v", hand, err)
	}
	corner, err := objectOf(Shape{Region: "top right corner"}, ids, where)
	if err != nil || corner.Samples != 3 || corner.On > 0 || corner.Outside != 1 {
		t.Errorf("corner: %+v, %v", corner, err)
	}
	if itself, err := objectOf(Shape{Region: ObjectOfLabel}, ids, where); err != nil || itself.Samples != 0 {
		t.Errorf("the object lies to itself: %+v, %v", itself, err)
	}
	if none, err := objectOf(Shape{Region: "hand"}, ids[2:3], where); err != nil || none.Samples != 0 {
		t.Errorf("no object: %+v, %v", none, err)
	}
	if other := withObject(where[1], "cake"); other.Regions[0].Name != ObjectOfLabel || other.Regions[1].Name != "hand" {
		t.Errorf("%+v", other)
	}
}
