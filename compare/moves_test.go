package compare

import (
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/stats"
)

// TestMovesEqualThePlainLoop counts image by image.
func TestMovesEqualThePlainLoop(t *testing.T) {
	type image struct{ truth, now, before int }
	r := rand.New(rand.NewPCG(4, 5))
	var images []image
	counts := map[image]int{}
	for range 500 {
		i := image{r.IntN(4), r.IntN(5) - 1, r.IntN(5) - 1}
		if r.IntN(9) == 0 {
			i.before = otherClass // a class that the later one does not have
		}
		images = append(images, i)
		counts[i]++
	}
	p := &Pairs{Classes: []string{"a", "b", "c", "d"}}
	for i, n := range counts {
		p.Cells = append(p.Cells, Cell{Truth: i.truth, TruthBefore: i.truth, Now: i.now, Before: i.before, Count: n})
	}
	last := 1 << 30
	list := p.Moves()
	for _, m := range list {
		var before, now, stayed, labelled int
		came, left := map[Transition]int{}, map[Transition]int{}
		for _, i := range images {
			if i.truth != m.Label {
				continue
			}
			labelled++
			what := Cell{Truth: i.truth, TruthBefore: i.truth, Now: i.now, Before: i.before}.transition()
			in, was := i.now == m.Class, i.before == m.Class
			switch {
			case in && was:
				stayed++
			case in:
				came[what]++
			case was:
				left[what]++
			}
			if in {
				now++
			}
			if was {
				before++
			}
		}
		if m.Before != before || m.Now != now || count(m.Stayed) != stayed {
			t.Errorf("%+v: %d before, %d now, %d stayed", m, before, now, stayed)
		}
		for _, x := range m.Came {
			came[x.Transition] -= x.Count
		}
		for _, x := range m.Left {
			left[x.Transition] -= x.Count
		}
		for _, what := range Transitions() {
			if came[what] != 0 || left[what] != 0 {
				t.Errorf("%+v: %s: %d came and %d left too few", m, what, came[what], left[what])
			}
		}
		low, high := stats.PairedProportions(stayed, now-stayed, before-stayed, labelled, stats.Level)
		if m.Low != low*float64(labelled) || m.High != high*float64(labelled) || size(now-before) > last {
			t.Errorf("%+v: want %.2f to %.2f, and order", m, low*float64(labelled), high*float64(labelled))
		}
		last = size(now - before)
	}
	if len(list) != 20 {
		t.Errorf("%d cells", len(list))
	}
}
