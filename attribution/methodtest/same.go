package methodtest

import (
	"slices"
	"testing"

	"github.com/sightline/sightline/attribution"
)

// sameCases ask for a map in several ways that may not change it.
func sameCases() []Case {
	return []Case{
		{Name: "same map whatever the batch", Run: anyBatch},
		{Name: "same map alone and together", Run: together},
		{Name: "same seed, same map", Run: sameSeed},
		{Name: "one run serves many targets", Run: manyTargets},
		{Name: "class-agnostic or not", Run: classAgnostic},
		{Name: "cached scores", Run: cachedScores},
	}
}

// same compares all that two maps of one request must share.
func same(t *testing.T, s *Subject, what string, got, want *attribution.Map) {
	t.Helper()
	if d := apart(got.Values, want.Values); !(d <= s.limit()) {
		t.Errorf("%s: values lie %.2g apart", what, d)
	}
	a, b := *got, *want
	if d := a.Correlation - b.Correlation; !(max(d, -d) <= s.limit()) {
		t.Errorf("%s: the halves correlate by %v, want %v", what, a.Correlation, b.Correlation)
	}
	if a.Target != b.Target || a.TargetIndex != b.TargetIndex || a.MinusIndex != b.MinusIndex || a.Width != b.Width || a.Height != b.Height ||
		a.Steps != b.Steps || a.Converged != b.Converged || a.Layer != b.Layer || a.Geometry != b.Geometry || a.Degenerate != b.Degenerate {
		t.Errorf("%s: %+v, want %+v", what, a, b)
	}
}

func anyBatch(t *testing.T, s *Subject) {
	var first *attribution.Map
	for _, batch := range []int{0, 1, 7, 128, 1000} {
		model, r := s.watch(ordinary), request(0)
		r.Batch = batch
		m := s.explain(t, model.scorer(), r)
		if first == nil {
			first = m
		}
		same(t, s, "another batch", m, first)
		if m.Evaluations != first.Evaluations {
			t.Errorf("batch %d: %d evaluations, want %d", batch, m.Evaluations, first.Evaluations)
		}
		if s.kind == plain && model.inputs != m.Evaluations {
			t.Errorf("batch %d: %d evaluations are told, %d were made", batch, m.Evaluations, model.inputs)
		}
	}
}

// together: several samples and targets at once give each its own map.
func together(t *testing.T, s *Subject) {
	model := s.watch(ordinary).scorer()
	rs := []attribution.Request{request(0), request(1), request(2)}
	before := wavy(0)
	targets := []attribution.Target{{}, {Kind: attribution.Contrast}}
	all, errs := s.Method.ExplainBatch(t.Context(), model, rs, targets, nil)
	for i, r := range rs {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		r.Batch = []int{1, 7, 64}[i]
		alone, err := attribution.ExplainAll(t.Context(), s.Method, model, r, targets, nil)
		if err != nil {
			t.Fatal(err)
		}
		for k := range targets {
			same(t, s, "a sample among others", all[i][k], alone[k])
		}
	}
	if !slices.Equal(rs[0].Input, before) {
		t.Error("the input was changed")
	}
	if len(all) != len(rs) || apart(all[0][0].Values, all[1][0].Values) == 0 {
		t.Error("two samples have one map: the case shows nothing")
	}
}

// sameSeed: a method whose card has a seed takes it, and none other does.
func sameSeed(t *testing.T, s *Subject) {
	model, r := s.watch(ordinary).scorer(), request(0)
	first := s.explain(t, model, r)
	if again := s.explain(t, model, r); !slices.Equal(again.Values, first.Values) {
		t.Error("the same seed, another map")
	}
	r.Seed++
	other := s.explain(t, model, r)
	if changed := !slices.Equal(other.Values, first.Values); changed != s.has("seed") {
		t.Errorf("another seed gives another map: %v; the card lists a seed: %v", changed, s.has("seed"))
	}
	if first.Seed != 9 || other.Seed != 10 {
		t.Errorf("the maps are of seeds %d and %d, want 9 and 10", first.Seed, other.Seed)
	}
}

// manyTargets: what a target gets beside others is its map alone. A run that ends
// when its maps have converged ends with the last of them.
func manyTargets(t *testing.T, s *Subject) {
	model, r := s.watch(ordinary), request(0)
	targets := []attribution.Target{{Kind: attribution.Predicted}, {Kind: attribution.True}, {Kind: attribution.OneClass, Class: 2}, {Kind: attribution.Contrast}}
	maps, err := attribution.ExplainAll(t.Context(), s.Method, model.scorer(), r, targets, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.kind == plain && model.inputs != maps[0].Evaluations {
		t.Errorf("%d inputs were run for four targets, %d are told", model.inputs, maps[0].Evaluations)
	}
	for i, target := range targets {
		r.Target = target
		alone := s.explain(t, model.scorer(), r)
		if s.Card.StopsEarly && alone.Evaluations < maps[i].Evaluations {
			continue
		}
		same(t, s, "target "+target.String()+" beside others", maps[i], alone)
	}
}

func classAgnostic(t *testing.T, s *Subject) {
	targets := []attribution.Target{{Kind: attribution.OneClass, Class: 0}, {Kind: attribution.OneClass, Class: 1}}
	maps, err := attribution.ExplainAll(t.Context(), s.Method, s.watch(ordinary).scorer(), request(0), targets, nil)
	if err != nil {
		t.Fatal(err)
	}
	if alike := slices.Equal(maps[0].Values, maps[1].Values); alike != s.Card.ClassAgnostic {
		t.Errorf("two classes have one map: %v; the card says %v", alike, s.Card.ClassAgnostic)
	}
	if maps[0].ClassAgnostic != s.Card.ClassAgnostic {
		t.Errorf("the map calls itself class-agnostic: %v; the card says %v", maps[0].ClassAgnostic, s.Card.ClassAgnostic)
	}
}

// cachedScores: a map made with those of an earlier run is the map made without, for
// another target too, and no perturbation is run twice.
func cachedScores(t *testing.T, s *Subject) {
	r := request(0)
	r.Cached = &attribution.CachedScores{}
	model := s.watch(ordinary)
	for _, class := range []int{2, 0, 2} {
		r.Target = attribution.Target{Kind: attribution.OneClass, Class: class}
		model.inputs = 0
		got := s.explain(t, model.scorer(), r)
		with := r.Cached
		r.Cached = nil
		same(t, s, "with cached scores", got, s.explain(t, s.watch(ordinary).scorer(), r))
		r.Cached = with
	}
	if model.inputs != 0 && r.Cached.Bytes() > 0 {
		t.Errorf("a target that was asked for before ran %d inputs", model.inputs)
	}
}
