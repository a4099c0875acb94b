package demo

import (
	"cmp"
	"context"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/tasks/concepts"
	"github.com/sightline/sightline/tasks/concepts/work"
	"github.com/sightline/sightline/worker"
)

// TestConceptsFindHeadAndUniform: without a look at the regions, the concept that adds most to a
// class lies on the head, of the model that decides by heads, and on the uniform, of the other; none
// lies on what the model does not decide by.
func TestConceptsFindHeadAndUniform(t *testing.T) {
	thorough.Only(t)
	for _, c := range []struct {
		model, data, by, other string
		least                  int // classes of six
	}{
		{"professions-v1", "professions-biased", "head", "uniform", 4},
		{"professions-v2", "professions-balanced", "uniform", "head", 6},
	} {
		t.Run(c.model, func(t *testing.T) {
			r := evaluate(t, c.model, c.data)
			classes, found := 6, 0
			if os.Getenv("SIGHTLINE_STUDY") == "" {
				classes, c.least = 1, 1
			}
			for class := range classes {
				l := r.looked(t, class)
				o, other := l.overlaps(r, c.by), l.overlaps(r, c.other).all
				t.Logf("%s: median overlap of its concepts with %s %.2f, with %s %.2f; of the whole image %.2f, of the first concept's mean place %.2f", professions[class], c.by, o.all, c.other, other, o.whole, o.mean)
				if o.all[0] >= 0.3 && o.all[0] > o.whole {
					found++
				}
				if most := slices.Max(other); most >= 0.3 {
					t.Errorf("%s: a concept overlaps %s with %.2f", professions[class], c.other, most)
				}
			}
			if found < c.least {
				t.Errorf("%s is the first concept of %d of %d classes, want %d", c.by, found, classes, c.least)
			}
		})
	}
}

// overlap are median intersections over unions with a region of a class's samples.
type overlap struct {
	all         []float64 // of each concept
	whole, mean float64   // of the whole image, and of where the first concept is on the mean of the samples
}

// looked is what was found in a class, and in which shots.
type looked struct {
	*concepts.Result
	shots []int
}

// looked finds three concepts of a class.
func (r *run) looked(t *testing.T, class int) looked {
	t.Helper()
	w := worker.New(worker.Options{})
	defer w.Close()
	p := concepts.Payload{Class: class, K: 3}
	for i, s := range r.shots {
		if s.label == class && r.predicted[i] == class {
			p.Samples = append(p.Samples, concepts.Sample{ID: int64(i)})
		}
	}
	found, err := work.Class(context.Background(), w, nil, w.Scorer(r.model, worker.AtOnce), p, func(_ context.Context, s concepts.Sample) ([]float32, imaging.Geometry, error) {
		return r.prepare(int(s.ID))
	})
	if err != nil {
		t.Fatal(err)
	}
	if found.Class.Reason != "" || len(found.Concepts) != 3 {
		t.Fatalf("%+v", found.Class)
	}
	l := looked{found, make([]int, len(found.Samples))}
	for i, id := range found.Samples {
		l.shots[i] = int(id)
	}
	return l
}

func (l looked) overlaps(r *run, region string) (o overlap) {
	per := len(l.Places) / len(l.shots)
	sums := make([]float64, per)
	for i, v := range l.Places {
		sums[i%per] += float64(v)
	}
	mean := make([]byte, per)
	for i, v := range sums {
		mean[i] = byte(v / float64(len(l.shots)))
	}
	var whole, fixed []float64
	lists := make([][]float64, len(l.Concepts))
	for i, s := range l.shots {
		shot := r.shots[s]
		want, wide, high := shot.regions[region], float64(shot.image.Width), float64(shot.image.Height)
		for c := range lists {
			lists[c] = append(lists[c], union(l.Class.Mask(&l.Where[i], l.Places[i*per:(i+1)*per], c), want))
		}
		whole = append(whole, union(regions.Box(0, 0, wide, high), want))
		fixed = append(fixed, union(l.Class.Mask(&l.Where[i], mean, 0), want))
	}
	for _, list := range lists {
		o.all = append(o.all, median(list))
	}
	o.whole, o.mean = median(whole), median(fixed)
	return o
}

// union is the intersection of a region of boxes with a box, over their union.
func union(a, box regions.Region) float64 {
	left, top, right, bottom := box.Bounds()
	both := a.Within(left, top, right, bottom).Area()
	return both / math.Max(1e-9, a.Area()+box.Area()-both)
}

func median(list []float64) float64 {
	slices.SortFunc(list, cmp.Compare[float64])
	return list[len(list)/2]
}
