package perturb

import (
	"context"
	"errors"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/imaging"
)

// same compares everything but the time taken.
func same(a, b *attribution.Map) bool {
	for i := range a.Values {
		if a.Values[i] != b.Values[i] {
			return false
		}
	}
	return a.Target == b.Target && a.Evaluations == b.Evaluations && a.Correlation == b.Correlation && a.Converged == b.Converged && a.Score == b.Score
}

// Whatever was asked before, a map made with cached scores is the map made without,
// and no perturbation is run twice.
func TestCachedScoresChangeNothingButTheCost(t *testing.T) {
	t.Parallel()
	targets := []attribution.Target{{Kind: attribution.OneClass, Class: 2}, {Kind: attribution.Contrast}, {Kind: attribution.OneClass, Class: 0}, {Kind: attribution.OneClass, Class: 2}}
	for _, method := range []attribution.Method{Occlusion{Grid: 5}, RISE{Correlation: 0.75, Limit: 2000}} {
		l := testkit.NewLinear(1, 20, 20, 3, imaging.NCHW)
		for i := range l.Weights[2] { // one target converges early, the others late
			l.Weights[2][i] = float32(i%20) + float32(i/20)
		}
		r := l.Request()
		for i := range r.Input {
			r.Input[i] = 1
		}
		var cached attribution.CachedScores
		most := 0
		for k, target := range targets {
			r.Target, r.Cached, r.Batch = target, nil, 0
			want := testkit.Explain(t, method, l, r)
			most = max(most, want.Evaluations)
			r.Cached, r.Batch = &cached, 10+7*k
			l.Inputs = 0
			got := testkit.Explain(t, method, l, r)
			if !same(got, want) {
				t.Errorf("%s, target %d: %d evaluations, correlation %v; without cached scores %d, %v", method.Name(), k, got.Evaluations, got.Correlation, want.Evaluations, want.Correlation)
			}
			if k == len(targets)-1 && l.Inputs != 0 {
				t.Errorf("%s: a target asked for again ran %d inputs", method.Name(), l.Inputs)
			}
		}
		if have := cached.Bytes() / 4 / 3; have != most {
			t.Errorf("%s: cached scores of %d inputs, the longest run took %d", method.Name(), have, most)
		}
	}
}

func TestCachedScoresOfSomethingElseAreForgotten(t *testing.T) {
	l := testkit.NewLinear(1, 20, 20, 3, imaging.NCHW)
	r := l.Request()
	var cached attribution.CachedScores
	r.Cached = &cached
	testkit.Explain(t, RISE{Limit: 128}, l, r)
	for name, change := range map[string]func(r *attribution.Request) attribution.Method{
		"seed": func(r *attribution.Request) attribution.Method { r.Seed++; return RISE{Limit: 128} },
		"image": func(r *attribution.Request) attribution.Method {
			r.Input = append([]float32{9}, r.Input[1:]...)
			return RISE{Limit: 128}
		},
		"fill": func(r *attribution.Request) attribution.Method {
			r.Fill = attribution.Fill{Kind: attribution.FillBlur}
			return RISE{Limit: 128}
		},
		"cells":  func(*attribution.Request) attribution.Method { return RISE{Limit: 128, Cells: 5} },
		"method": func(*attribution.Request) attribution.Method { return Occlusion{} },
	} {
		changed := r
		method := change(&changed)
		got := testkit.Explain(t, method, l, changed)
		changed.Cached = nil
		if want := testkit.Explain(t, method, l, changed); !same(got, want) {
			t.Errorf("another %s: a different map with old cached scores", name)
		}
	}
	// another scaling asks the same of the model
	r.Cached = &attribution.CachedScores{}
	testkit.Explain(t, RISE{Limit: 128}, l, r)
	l.Inputs = 0
	testkit.Explain(t, RISE{Limit: 128, Published: true}, l, r)
	if l.Inputs != 0 {
		t.Errorf("another scaling ran %d inputs", l.Inputs)
	}
}

// A run that was cut short leaves cached scores that can be used.
func TestCachedScoresOfAFailedRunAreGood(t *testing.T) {
	l := testkit.NewLinear(1, 20, 20, 3, imaging.NCHW)
	r := l.Request()
	want := testkit.Explain(t, RISE{Limit: 512, Correlation: 2}, l, r)
	ctx, cancel := context.WithCancel(context.Background())
	r.Cached = &attribution.CachedScores{}
	_, err := attribution.Explain(ctx, RISE{Limit: 512, Correlation: 2}, l, r, func(attribution.Snapshot) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want cancelled", err)
	}
	if got := testkit.Explain(t, RISE{Limit: 512, Correlation: 2}, l, r); !same(got, want) {
		t.Error("continuing gave another map")
	}
}
