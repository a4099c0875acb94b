package whatif

import (
	"strings"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/tasks/explain"
)

// objectOf tells how a region lies to what the label names: regions of the dataset that are
// called like the class.
func objectOf(class, region string, ids []int64, where map[int64]explain.Drawn) (o findings.Object, err error) {
	if named(region, class) {
		return o, nil
	}
	for _, id := range ids {
		all, err := Candidates(where[id])
		if err != nil {
			return o, err
		}
		area, object := find(all, region), ofLabel(all, class)
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

// ofLabel is the object of the label; nil if no region is called like it.
func ofLabel(list []regions.Named, class string) regions.Region {
	for _, r := range list {
		if named(r.Name, class) {
			return r.Region
		}
	}
	return nil
}

// named tells whether a region is called like a class, but for case and what divides words.
func named(region, class string) bool {
	plain := strings.NewReplacer("_", " ", "-", " ")
	return strings.EqualFold(plain.Replace(region), plain.Replace(class))
}
