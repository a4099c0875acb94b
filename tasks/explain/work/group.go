package work

import (
	"maps"
	"slices"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/tasks/explain"
)

// group is the maps that one run of a method makes: one per target.
type group struct {
	explain.MapOptions
	targets  []attribution.Target
	requests []int // of each target, in the list of requests
}

// grouped puts requests that differ in their target alone together.
func grouped(requests []explain.MapOptions) ([]group, error) {
	var list []group
	for i, o := range requests {
		target, err := attribution.ParseTarget(o.Target)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(list, func(g group) bool {
			return g.Method == o.Method && g.Seed == o.Seed && maps.Equal(g.Options, o.Options)
		})
		if at < 0 {
			at = len(list)
			list = append(list, group{MapOptions: o})
		}
		list[at].targets = append(list[at].targets, target)
		list[at].requests = append(list[at].requests, i)
	}
	return list, nil
}
