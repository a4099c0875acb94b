package attention_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/attention"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testdata"
)

// tapped runs a model and returns its scores, attention probabilities and the
// gradients of one class's score with respect to them, all as the runtime gives
// them: the softmaxes are those whose shape ends in [T, T].
func tapped(t *testing.T, c *classifier.Classifier, input []float32, class int, tokens int64) (probabilities, gradients [][]float32) {
	t.Helper()
	g, err := c.Graph()
	if err != nil {
		t.Fatal(err)
	}
	var with []string
	for _, n := range g.Model.Graph.Nodes {
		if s := g.Model.Types[n.Outputs[0]].Shape; n.Op == "Softmax" && s[len(s)-1] == tokens {
			with = append(with, n.Outputs[0])
		}
	}
	p, err := c.Program("test tap", func(g *autodiff.Graph) (*autodiff.Recipe, error) {
		r, err := autodiff.Gradient(g.Model, autodiff.Options{Of: g.Scores, With: with})
		if err != nil {
			return nil, err
		}
		for _, name := range with {
			r.Model.Graph.AddOutput(name, 1)
		}
		return &autodiff.Recipe{Model: r.Model, Inputs: []string{g.Input, r.Seed}, Outputs: append(with, r.Gradients...)}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	seed := make([]float32, c.Classes())
	seed[class] = 1
	out, err := p.Run(context.Background(), 1, input, seed)
	if err != nil {
		t.Fatal(err)
	}
	return out[:len(with)], out[len(with):]
}

// slowRelevance is the whole matrix R of one sample, by the paper's equations: a
// row per token, R ← R + mean over heads of max(0, ∇A ⊙ A) · R.
func slowRelevance(probabilities, gradients [][]float32, tokens int) [][]float64 {
	r := identity(tokens)
	for l, a := range probabilities {
		r = plus(r, times(meanHeads(a, tokens, func(i int) float64 {
			return max(0, float64(gradients[l][i])*float64(a[i]))
		}), r))
	}
	return r
}

// slowRollout is the product of ½·(mean A + I).
func slowRollout(probabilities [][]float32, tokens int) [][]float64 {
	r := identity(tokens)
	for _, a := range probabilities {
		m := plus(meanHeads(a, tokens, func(i int) float64 { return float64(a[i]) }), identity(tokens))
		for _, row := range m {
			for j := range row {
				row[j] /= 2
			}
		}
		r = times(m, r)
	}
	return r
}

func identity(n int) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
		m[i][i] = 1
	}
	return m
}

func meanHeads(a []float32, n int, value func(i int) float64) [][]float64 {
	heads, m := len(a)/(n*n), make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
		for j := range n {
			for h := range heads {
				m[i][j] += value((h*n+i)*n+j) / float64(heads)
			}
		}
	}
	return m
}

func plus(a, b [][]float64) [][]float64 {
	m := make([][]float64, len(a))
	for i := range a {
		m[i] = make([]float64, len(a))
		for j := range a {
			m[i][j] = a[i][j] + b[i][j]
		}
	}
	return m
}

func times(a, b [][]float64) [][]float64 {
	m := make([][]float64, len(a))
	for i := range a {
		m[i] = make([]float64, len(a))
		for k := range a {
			for j := range a {
				m[i][j] += a[i][k] * b[k][j]
			}
		}
	}
	return m
}

// TestAttentionEqualsTheMatrices compares with the whole matrices in float64, for
// a model that reads its class token and one that takes the mean of all tokens.
func TestAttentionEqualsTheMatrices(t *testing.T) {
	cases := []struct {
		name   string
		open   func(*testing.T) *classifier.Classifier
		tokens int
		rows   []int // that the head reads
	}{
		{"mean of tokens", func(t *testing.T) *classifier.Classifier { return testkit.Model(t, "cifar10-vit-pgd-torch") }, 5, []int{0, 1, 2, 3, 4}},
		{"class token", func(t *testing.T) *classifier.Classifier {
			return testkit.Open(t, testdata.Architecture(t, "vit_b_16"))
		}, 197, []int{0}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			model := c.open(t)
			r := testkit.Wavy(model, 0)
			got, err := attribution.Explain(context.Background(), attention.Attention{}, model, r, nil)
			if err != nil {
				t.Fatal(err)
			}
			a, g := tapped(t, model, r.Input, got.TargetIndex, int64(c.tokens))
			compareRows(t, got, slowRelevance(a, g, c.tokens), c.rows, true)
			if got, err = attribution.Explain(context.Background(), attention.Rollout{}, model, r, nil); err != nil {
				t.Fatal(err)
			}
			compareRows(t, got, slowRollout(a, c.tokens), c.rows, false)
		})
	}
}

// compareRows compares a map with the mean of rows of a matrix at the patches,
// which come after one special token.
func compareRows(t *testing.T, got *attribution.Map, r [][]float64, rows []int, withoutStart bool) {
	t.Helper()
	want := make([]float64, len(r)-1)
	for _, i := range rows {
		for j := range want {
			want[j] += r[i][j+1] / float64(len(rows))
			if withoutStart && i == j+1 {
				want[j] -= 1 / float64(len(rows))
			}
		}
	}
	d := testkit.Apart(got.Values, want)
	low, high := got.Range()
	t.Logf("%s: %d×%d, %g to %g, off by %.2g", got.Method, got.Width, got.Height, low, high, d)
	if !(d < 1e-4) || got.Degenerate != "" {
		t.Errorf("%s: off by %.2g %s", got.Method, d, got.Degenerate)
	}
}

// TestAttentionInBatches: several samples and targets at once give each its own
// map.
func TestAttentionInBatches(t *testing.T) {
	model := testkit.Model(t, "cifar10-vit-pgd-torch")
	targets := []attribution.Target{{Kind: attribution.Predicted}, {Kind: attribution.OneClass, Class: 3}, {Kind: attribution.Contrast}}
	rs := []attribution.Request{testkit.Wavy(model, 0), testkit.Wavy(model, 1), testkit.Wavy(model, 2)}
	all, errs := attention.Attention{}.ExplainBatch(context.Background(), model, rs, targets, nil)
	for i, r := range rs {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		for k, target := range targets {
			r.Target = target
			alone, err := attribution.Explain(context.Background(), attention.Attention{}, model, r, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := make([]float64, len(alone.Values))
			for p, v := range alone.Values {
				want[p] = float64(v)
			}
			if d := testkit.Apart(all[i][k].Values, want); !(d < 1e-4) {
				t.Errorf("sample %d, target %s: off by %.2g", i, target, d)
			}
		}
	}
}

// TestAttentionRefuses: models without attention over the whole image get an
// error that says why and what works.
func TestAttentionRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		model *classifier.Classifier
		why   string
	}{
		"convolutions": {testkit.Model(t, "gtsrb-cnn-torch"), "has no attention"},
		"windows":      {testkit.Open(t, testdata.Architecture(t, "swin_t")), "within windows of 49 tokens"},
	} {
		_, err := attribution.Explain(context.Background(), attention.Attention{}, c.model, testkit.Wavy(c.model, 0), nil)
		var refusal *attention.NoAttentionError
		if !errors.As(err, &refusal) || !strings.Contains(err.Error(), c.why) || !strings.Contains(err.Error(), "choose gradcam") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
