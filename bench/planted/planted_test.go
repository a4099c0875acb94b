package main

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/findings"
)

// 0 of n has a closed form; the others are tables' (Clopper & Pearson 1934, one-sided).
func TestUpperBound(t *testing.T) {
	for _, c := range []struct {
		k, n int
		want float64
	}{{0, 60, 1 - math.Pow(0.05, 1.0/60)}, {0, 59, 0.0495}, {1, 60, 0.0766}, {2, 60, 0.1012}, {5, 10, 0.7776}} {
		if got := atMost(c.k, c.n); math.Abs(got-c.want) > 2e-4 {
			t.Errorf("%d of %d: at most %.4f, want %.4f", c.k, c.n, got, c.want)
		}
	}
}

func TestPlacesOfPlants(t *testing.T) {
	for _, c := range []struct {
		plant, place string
		seed         int
		covers       bool
	}{
		{"corner", "top left corner", 0, true}, {"corner", "top right corner", 1, true}, {"corner", "bottom left corner", 2, true}, {"corner", "bottom right corner", 3, true},
		{"corner", "top right corner", 0, false}, {"corner", "top border", 0, true}, {"corner", "bottom border", 0, false}, {"corner", "corners", 0, false}, {"corner", "nothing", 0, false},
		{"frame", "border", 0, true}, {"frame", "corners", 0, false}, {"frame", "center", 0, false}, {"frame", "top border", 0, false},
	} {
		p, err := plantOf(c.plant)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.covers(c.place, 224, 224, c.seed); got != c.covers {
			t.Errorf("%s %d is where %s is: %v", c.plant, c.seed, c.place, got)
		}
	}
	p, _ := plantOf("corner")
	if !p.holds("corners", 224, 224, 2) || p.holds("top border", 224, 224, 2) || p.holds("nothing", 224, 224, 2) {
		t.Error("what holds a corner")
	}
}

// Classes that can be told apart are, wherever the fit starts; the decay holds the head there.
func TestFittedHeads(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var features [][]float32
	var labels []int
	for i := range 90 {
		f := make([]float32, 6)
		for j := range f {
			f[j] = float32(r.NormFloat64())
		}
		f[i%3] += 4
		features, labels = append(features, f), append(labels, i%3)
	}
	far := newHead(6, 3)
	far.weights[1][2] = 5
	for _, from := range []head{newHead(6, 3), far} {
		h := fitted(from, features, labels, 0.01)
		right := 0
		for i, f := range features {
			if findings.OutcomeOf(h.logits(f), labels[i]).Winner == labels[i] {
				right++
			}
		}
		if right < 85 {
			t.Errorf("%d of 90 are right", right)
		}
		if moved := distance(h, fitted(from, features, labels, 1e6)); moved < 0.1 {
			t.Errorf("a weak decay moves the head by %v only", moved)
		}
		if stays := distance(from, fitted(from, features, labels, 1e6)); stays > 1e-3 {
			t.Errorf("a strong decay lets the head move by %v", stays)
		}
	}
}

func distance(a, b head) float64 {
	sum := 0.0
	for c := range a.weights {
		for j := range a.weights[c] {
			sum += math.Pow(a.weights[c][j]-b.weights[c][j], 2)
		}
	}
	return math.Sqrt(sum)
}
