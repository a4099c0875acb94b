package relevance_test

import (
	"context"
	"math"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/attribution/relevance"
)

// TestLRPInBatches: several samples and targets at once give each its own map, by
// every composite; and the gap is what the map's sum lacks of the score. The default
// composite on a model of branches too.
func TestLRPInBatches(t *testing.T) {
	composites := []string{"epsilon-gamma-flat", "epsilon-plus-flat", "epsilon-plus", "alpha2-beta1", "alpha2-beta1-flat", "zplus", "epsilon"}
	for name, list := range map[string][]string{"gtsrb-cnn-torch": composites, "professions-idenprof-squeezenet": composites[:1]} {
		t.Run(name, func(t *testing.T) {
			model := testkit.Model(t, name)
			for _, composite := range list {
				t.Run(composite, func(t *testing.T) { inBatches(t, model, composite) })
			}
		})
	}
}

func inBatches(t *testing.T, model attribution.Scorer, composite string) {
	m, err := relevance.LRP{}.With("composite", composite)
	if err != nil {
		t.Fatal(err)
	}
	targets := []attribution.Target{{Kind: attribution.Predicted}, {Kind: attribution.Contrast}}
	rs := []attribution.Request{testkit.Wavy(model, 0), testkit.Wavy(model, 1)}
	all, errs := m.ExplainBatch(t.Context(), model, rs, targets, nil)
	for i, r := range rs {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		for k, target := range targets {
			r.Target = target
			alone, err := attribution.Explain(t.Context(), m, model, r, nil)
			if err != nil {
				t.Fatal(err)
			}
			want, sum := make([]float64, len(alone.Values)), 0.0
			for p, v := range alone.Values {
				want[p] = float64(v)
				sum += float64(v)
			}
			if d := testkit.Apart(all[i][k].Values, want); !(d < 1e-3) || alone.Degenerate != "" {
				t.Errorf("sample %d, target %s: off by %.2g %s", i, target, d, alone.Degenerate)
			}
			if d := all[i][k].Gap - alone.Gap; !(math.Abs(d) < 1e-3) {
				t.Errorf("sample %d, target %s: the gap is %g in a batch, %g alone", i, target, all[i][k].Gap, alone.Gap)
			}
			if off := alone.Score - sum - alone.Gap*alone.Score; !(math.Abs(off) < 1e-6*max(1, math.Abs(alone.Score))) {
				t.Errorf("score %g, sum %g, gap %g", alone.Score, sum, alone.Gap)
			}
		}
	}
	t.Logf("score %.4g, gap %.2g", all[0][0].Score, all[0][0].Gap)
}

// TestLRPOptions: rules that are not there and numbers that mean nothing are
// refused.
func TestLRPOptions(t *testing.T) {
	for _, bad := range [][2]string{{"composite", "gamma"}, {"gamma", "-1"}, {"epsilon", "NaN"}, {"epsilon", "little"}, {"alpha", "2"}} {
		if _, err := (relevance.LRP{}).With(bad[0], bad[1]); err == nil {
			t.Errorf("option %s=%s is taken", bad[0], bad[1])
		}
	}
	a, err := relevance.LRP{}.With("gamma", "0")
	if err != nil {
		t.Fatal(err)
	}
	if a, err = a.With("epsilon", "0.5"); err != nil {
		t.Fatal(err)
	}
	model := testkit.Model(t, "gtsrb-cnn-torch")
	first, err := attribution.Explain(context.Background(), a, model, testkit.Wavy(model, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := attribution.Explain(context.Background(), relevance.LRP{}, model, testkit.Wavy(model, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	same := true
	for i := range first.Values {
		same = same && first.Values[i] == second.Values[i]
	}
	if same {
		t.Error("gamma and epsilon change nothing")
	}
}
