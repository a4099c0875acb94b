package server_test

import (
	"math"
	"strings"
	"testing"

	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/stats"
)

// Slices side by side have the figures that each has by itself, and the difference to the rest of the whole.
func TestSides(t *testing.T) {
	_, c := evaluated(t)
	const id = "colours~net"
	list, err := c.Samples(t.Context(), id, "", "path", 0, 1000)
	must(t, err)
	var n, right, of, ofRight int
	for _, s := range list.Samples {
		if s.Label < 0 {
			continue
		}
		hit := s.Label == s.Predicted
		n++
		if hit {
			right++
		}
		if s.Label == 0 {
			of++
			if hit {
				ofRight++
			}
		}
	}
	found, err := c.Sides(t.Context(), id, "", []string{"label=0", "label=1,2"})
	must(t, err)
	if found.Whole.Labelled != n || found.Whole.Correct != right || found.Whole.Difference != nil || math.Abs(found.Level-0.975) > 1e-15 {
		t.Errorf("%+v, want %d of %d", found.Whole, right, n)
	}
	for _, of := range []string{"threshold=0.9&label=0", "labels=proposed&label=0"} {
		if _, err := c.Sides(t.Context(), id, "", []string{of}); err == nil || !strings.Contains(err.Error(), "belong to the whole") {
			t.Errorf("%s beside all: %v", of, err)
		}
	}
	side := found.Sides[0]
	if side.Labelled != of || side.Correct != ofRight || side.Within != "label=0" {
		t.Errorf("%+v, want %d of %d", side, ofRight, of)
	}
	alone, err := c.Figures(t.Context(), id, "label=0")
	must(t, err)
	compared := 0
	for _, f := range side.Figures {
		for _, g := range alone.Figures {
			if f.Name == g.Name && f.Value != nil && *f.Value == *g.Value && (f.Low == nil) == (g.Low == nil) && (f.Low == nil || *f.Low == *g.Low) {
				compared++
			}
		}
	}
	if compared != 4 || len(side.Figures) != 4 {
		t.Errorf("%d of the figures are those of the slice alone: %+v", compared, side.Figures)
	}
	if of < 5 || n-of < 5 {
		if side.Difference != nil {
			t.Errorf("a difference of %d and %d labels: %+v", of, n-of, side.Difference)
		}
		return
	}
	want := api.SideDifference{Rest: n - of, Value: float64(ofRight)/float64(of) - float64(right-ofRight)/float64(n-of)}
	want.Low, want.High = stats.WilsonDifference(ofRight, of, right-ofRight, n-of, 0.975)
	if side.Difference == nil || *side.Difference != want {
		t.Errorf("%+v, want %+v", side.Difference, want)
	}
}
