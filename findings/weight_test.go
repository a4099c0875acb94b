package findings

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Of findings of one word the one comes first on which more hangs, in this class only.
func TestWeights(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12))
	strong := effect{0.6, 0.02, 3}
	pair := func(region string, elsewhere float64, right int) Pair {
		p := made(r, 0, region, 26, strong, strong)
		p.Screened, p.Elsewhere, p.Right = 0.8, elsewhere, right
		return p
	}
	shared, own, rare := pair("shared", 0.7, 400), pair("own", 0.1, 400), pair("rare", 0.1, 30)
	list := Analyse([]Pair{rare, shared, own}, names, nothing)
	for i, region := range []string{"own", "shared", "rare"} {
		f := list[i]
		if f.Region != region || !f.Claims() {
			t.Errorf("%d is %s, want %s (%+v)", i, f.Region, region, f.Weight)
		}
	}
	f := list[0]
	if want := 1 - 0.1/0.8; math.Abs(f.Exclusive-want) > 1e-12 || math.Abs(f.Stake-400*f.Main().More) > 1e-9 || f.Takes < 0.5 || f.Takes > 1 {
		t.Errorf("%+v, want an exclusiveness of %v", f.Weight, want)
	}
	if alone := Analyse([]Pair{own}, names, nothing)[0]; alone.Exclusive != f.Exclusive {
		t.Errorf("by itself %+v", alone.Weight)
	}
}
