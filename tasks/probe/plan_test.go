package probe

import (
	"fmt"
	"testing"

	"github.com/sightline/sightline/catalog"
)

// Samples come from a split that is not reported, where there is one.
func TestGroups(t *testing.T) {
	counts := func(names ...string) *catalog.Dataset {
		d := &catalog.Dataset{}
		for _, name := range names {
			d.Splits, d.Samples = append(d.Splits, catalog.NamedCount{Name: name, Count: 10}), d.Samples+10
		}
		return d
	}
	loose := counts("train")
	loose.Samples += 5
	for _, c := range []struct {
		d    *catalog.Dataset
		want string
	}{
		{counts("test", "train", "val"), "[val train test and train and val, reported]"},
		{counts("train", "val"), "[train val, reported train and val, reported]"},
		{counts("test"), "[test, reported]"},
		{counts("train"), "[train, reported train, reported]"},
		{loose, "[train train, reported]"},
		{counts(), "[all images, reported]"},
	} {
		var list []string
		for _, g := range groups(c.d) {
			name := g.name
			if g.reported {
				name += ", reported"
			}
			list = append(list, name)
		}
		if got := fmt.Sprint(list); got != c.want {
			t.Errorf("%v: %s, want %s", c.d.Splits, got, c.want)
		}
	}
}
