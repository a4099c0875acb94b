package regions

import (
	"math"
	"testing"

	"github.com/sightline/sightline/stats"
)

// Regions of one name are one; the built-in ones come last.
func TestShares(t *testing.T) {
	m := crop([]float32{
		0, 0, 0, 0,
		0, 8, 2, 0,
		0, 0, 0, 0,
	})
	own := Add(Add(Add(nil, "left", Box(0, 0, 40, 100)), "top", Box(0, 0, 100, 50)), "left", Box(40, 0, 50, 100))
	list := Shares(m, own, 100, 100)
	if len(list) != 14 || list[0].Region != "left" || list[1].Region != "top" || list[1].Builtin || list[2].Region != "border" || !list[2].Builtin {
		t.Fatalf("%+v", list)
	}
	if math.Abs(list[0].Share-0.8) > 1e-12 || math.Abs(list[1].Share-0.5) > 1e-12 {
		t.Errorf("left %v, top %v", list[0].Share, list[1].Share)
	}
}

// A region that only some samples have is summed up over those; what is left out is
// counted.
func TestSummarise(t *testing.T) {
	of := func(leftOut bool, head float64, hat ...float64) Reading {
		r := Reading{LeftOut: leftOut, Shares: []Share{{Region: "head", Mass: Mass{Share: head, Area: 0.5}}}}
		for _, share := range hat {
			r.Shares = append(r.Shares, Share{Region: "hat", Builtin: true, Mass: Mass{Share: share, Area: 0.1}})
		}
		return r
	}
	list := Summarise([]Reading{of(false, 0.2), of(false, 0.4, 0.1), of(true, 0.9, 0.9), of(false, 0.3, 0.3), of(false, 0.1), of(false, 0)})
	if len(list) != 2 || list[0].Region != "head" || list[1].Region != "hat" || !list[1].Builtin {
		t.Fatalf("%+v", list)
	}
	want := stats.ShareMean([]stats.Sample{{Value: 0.2}, {Value: 0.4}, {LeftOut: true}, {Value: 0.3}, {Value: 0.1}, {Value: 0}})
	if list[0].Share != want || !want.Known || want.N != 5 || math.Abs(list[0].Area-0.5) > 1e-12 {
		t.Errorf("head: %+v, want %+v", list[0], want)
	}
	if s := list[1].Share; s.Known || s.N != 2 || s.LeftOut != 1 || math.Abs(s.Mean-0.2) > 1e-12 {
		t.Errorf("hat: %+v", s)
	}
}
