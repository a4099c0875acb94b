package whatif

import (
	"slices"
	"strings"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/tasks/explain"
)

// ObjectOfLabel is what regions of the dataset are called here that have the name of their
// sample's class. So the classes have a region in common, and those with few samples can be
// put together.
const ObjectOfLabel = "object of the label"

// withObject calls the regions so that have the name of the class.
func withObject(d explain.Drawn, class string) explain.Drawn {
	return d.Renamed(func(region string) string {
		if named(region, class) {
			return ObjectOfLabel
		}
		return region
	})
}

// named tells whether a region is called like a class, but for case and what divides words.
func named(region, class string) bool {
	plain := strings.NewReplacer("_", " ", "-", " ")
	return strings.EqualFold(plain.Replace(region), plain.Replace(class))
}

// where tells of samples of a class where their regions are.
func (d *designer) where(class int, ids []int64) (map[int64]explain.Drawn, error) {
	found, err := d.Where(d.ctx, ids)
	if err != nil {
		return nil, err
	}
	list := make(map[int64]explain.Drawn, len(found))
	for id, drawn := range found {
		list[id] = withObject(drawn, d.Classes()[class])
	}
	return list, nil
}

// objectOf tells how a region lies to the object of the label.
func objectOf(shape Shape, ids []int64, where map[int64]explain.Drawn) (o findings.Object, err error) {
	if shape.Whole || slices.Contains(shape.names(), ObjectOfLabel) {
		return o, nil
	}
	for _, id := range ids {
		all, err := Candidates(where[id])
		if err != nil {
			return o, err
		}
		area, object := slices.Concat(shape.in(all)...), find(all, ObjectOfLabel)
		if area == nil || object == nil {
			continue
		}
		on := regions.Covered(area, object)
		o.Samples++
		o.On += on
		if on <= 1-findings.MostlyOutside {
			o.Outside++
		}
	}
	if o.Samples > 0 {
		o.On, o.Outside = o.On/float64(o.Samples), o.Outside/float64(o.Samples)
	}
	return o, nil
}
