package server_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

// Every strategy chooses from the pool alone, each image once, the same for a seed; without a pool the
// answer says what to do. (That the choice is its definition is the test of package labelling.)
func TestNext(t *testing.T) {
	_, c := evaluated(t)
	pool := client.NextQuery{Slice: "label=blue", Count: 3, Seed: 7}
	for _, strategy := range []string{"uncertain", "diverse", "typical", "balanced", "errors", "random", "uncertain,diverse,balanced"} {
		pool.Strategy = strategy
		first, err := c.Next(t.Context(), "colours~net", pool)
		must(t, err)
		again, err := c.Next(t.Context(), "colours~net", pool)
		must(t, err)
		if first.Pool != 5 || first.Drawn != 5 || first.Labelled != 7 || len(first.Samples) != 3 || !slices.Equal(names(first), names(again)) {
			t.Errorf("%s: %v of %d beside %d, then %v", strategy, names(first), first.Pool, first.Labelled, names(again))
		}
		for _, s := range first.Samples {
			if s.LabelName != "blue" {
				t.Errorf("%s chooses %s", strategy, s.Path)
			}
		}
	}
	pool.Strategy = "errors"
	if found, err := c.Next(t.Context(), "colours~net", pool); err != nil || found.Samples[0].Margin < 0 {
		t.Errorf("%+v, %v", found, err)
	}
	for _, bad := range []client.NextQuery{{Count: 3}, {Slice: "label=blue", Count: 3, Strategy: "clever"}, {Slice: "label=blue", Count: 3, Strategy: "random,diverse"}} {
		if _, err := c.Next(t.Context(), "colours~net", bad); !isStatus(err, http.StatusUnprocessableEntity) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func names(n api.Next) (list []string) {
	for _, s := range n.Samples {
		list = append(list, s.Path)
	}
	return list
}
