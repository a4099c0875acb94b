package labelling

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// example is a pool of n images on a line, in three classes of which the first has most labels.
func example(n int) *Pool {
	r := rand.New(rand.NewPCG(1, 1))
	at := make([]float64, n)
	p := &Pool{Labelled: []int{9, 1, 0}}
	for i := range n {
		at[i] = r.Float64()
		p.Margin, p.Predicted = append(p.Margin, math.Round(8*r.Float64())/8), append(p.Predicted, r.IntN(3))
		p.Typical, p.Errors, p.Distance = append(p.Typical, r.Float64()), append(p.Errors, r.NormFloat64()), append(p.Distance, 0.5+r.Float64()/2)
	}
	p.Errors[3] = math.NaN()
	p.Cosine = func(i, j int) float64 { return 1 - math.Abs(at[i]-at[j]) }
	return p
}

func images(list []Choice) (of []int) {
	for _, c := range list {
		of = append(of, c.Image)
	}
	return of
}

// The slow definition: every value from the beginning, before every choice.
func slow(p *Pool, strategies []Strategy, count int) (of []int) {
	n := len(p.Margin)
	value := func(i int) float64 {
		v := 1.0
		for _, s := range strategies {
			measure := map[Strategy]func(int) float64{Uncertain: func(i int) float64 { return -p.Margin[i] }, Typical: func(i int) float64 { return p.Typical[i] },
				Errors: func(i int) float64 { return finite(p.Errors[i]) }}[s]
			switch s {
			case Diverse:
				d := p.Distance[i]
				for _, j := range of {
					d = min(d, 1-p.Cosine(j, i))
				}
				v *= d
			case Balanced:
				k := 1 + p.Labelled[p.Predicted[i]]
				for _, j := range of {
					if p.Predicted[j] == p.Predicted[i] {
						k++
					}
				}
				v /= float64(k)
			default:
				rank := 0
				for j := range n {
					if measure(j) <= measure(i) {
						rank++
					}
				}
				v *= float64(rank) / float64(n)
			}
		}
		return v
	}
	for len(of) < min(count, n) {
		best := -1
		for i := range n {
			if !slices.Contains(of, i) && (best < 0 || value(i) > value(best)+1e-12) {
				best = i
			}
		}
		of = append(of, best)
	}
	return of
}

func TestChooseIsItsDefinition(t *testing.T) {
	p := example(40)
	for _, mix := range [][]Strategy{{Uncertain}, {Diverse}, {Typical}, {Balanced}, {Errors}, {Uncertain, Diverse}, {Typical, Diverse, Balanced}, {Errors, Uncertain, Balanced}} {
		if got, want := images(p.Choose(mix, 12, 0)), slow(p, mix, 12); !slices.Equal(got, want) {
			t.Errorf("%v: %v, want %v", mix, got, want)
		}
	}
}

func TestRandomIsSeeded(t *testing.T) {
	p := example(40)
	a, b, c := images(p.Choose([]Strategy{Random}, 99, 1)), images(p.Choose([]Strategy{Random}, 99, 1)), images(p.Choose([]Strategy{Random}, 99, 2))
	if !slices.Equal(a, b) || slices.Equal(a, c) || len(a) != 40 {
		t.Errorf("%v, %v, %v", a, b, c)
	}
	slices.Sort(a)
	if a[0] != 0 || a[39] != 39 {
		t.Errorf("not every image once: %v", a)
	}
}

func TestParse(t *testing.T) {
	if list, err := Parse("uncertain, diverse,uncertain"); err != nil || !slices.Equal(list, []Strategy{Uncertain, Diverse}) {
		t.Errorf("%v, %v", list, err)
	}
	for _, bad := range []string{"", "uncertan", "random,diverse"} {
		if _, err := Parse(bad); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}
