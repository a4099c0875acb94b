package regions

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Controls are as large as the region, inside, elsewhere, and spare what matters.
func TestControls(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	found := 0
	for range 200 {
		w, h := 60+r.IntN(100), 60+r.IntN(100)
		box := func() Region {
			a, b := 5+r.Float64()*40, 5+r.Float64()*40
			x, y := r.Float64()*(float64(w)-a), r.Float64()*(float64(h)-b)
			return Box(x, y, x+a, y+b)
		}
		region, matter := box(), []Region{box()}
		list := Controls(region, w, h, matter, 5, uint64(found))
		found += len(list)
		for i, c := range list {
			if d := c.Area() - region.Area(); d > 1e-6 || d < -1e-6 || !fits(c, w, h) {
				t.Errorf("%v of %v in %d×%d", c, region, w, h)
			}
			if overlap(c, matter[0]) > MostMatterCovered*boxArea(matter[0])+1e-9 {
				t.Errorf("%v covers too much of %v", c, matter[0])
			}
			for _, o := range append(slices.Clone(list[:i]), region) {
				if overlap(c, o) > MostControlOverlap*boxArea(c)+1e-9 {
					t.Errorf("%v overlaps %v", c, o)
				}
			}
		}
		if again := Controls(region, w, h, matter, 5, uint64(found-len(list))); len(again) != len(list) {
			t.Errorf("the same seed gave %d, then %d", len(list), len(again))
		}
	}
	if found < 500 {
		t.Errorf("only %d controls for 200 regions", found)
	}
}

// Corners, which are of one size, share controls; what fills the image has none.
func TestControlsAreShared(t *testing.T) {
	var at []Region
	shared := 0
	for _, p := range Places(96, 96)[:4] {
		list := Controls(p.Region, 96, 96, nil, 5, 7)
		if len(list) < 4 {
			t.Errorf("%s has %d controls", p.Name, len(list))
		}
		for _, c := range list {
			if slices.ContainsFunc(at, func(o Region) bool { return slices.Equal(o[0], c[0]) }) {
				shared++
			}
			at = append(at, c)
		}
	}
	if shared < 4 {
		t.Errorf("%d of %d controls of corners are shared", shared, len(at))
	}
	for _, name := range []string{"center", "border", "corners"} {
		i := slices.IndexFunc(Places(96, 96), func(n Named) bool { return n.Name == name })
		if list := Controls(Places(96, 96)[i].Region, 96, 96, nil, 5, 1); len(list) >= 2 {
			t.Errorf("%s has %d controls", name, len(list))
		}
	}
}

func TestPlacesLieInside(t *testing.T) {
	names := map[string]bool{}
	for _, p := range Places(90, 60) {
		if names[p.Name] || !fits(p.Region, 90, 60) || p.Region.Area() < 90*60/16-1 {
			t.Errorf("%s: %v", p.Name, p.Region)
		}
		names[p.Name] = true
		if edge := p.Name != "center" && p.Name[:4] != "grid"; Edge(p.Name) != edge {
			t.Errorf("%s lies along the edge: %v", p.Name, !edge)
		}
	}
	if len(names) != 20 {
		t.Errorf("%d places", len(names))
	}
}
