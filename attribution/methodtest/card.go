package methodtest

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
)

// cardCases hold a method to what its card says, and to refusing what it cannot do.
func cardCases() []Case {
	return []Case{
		{Name: "card", Run: card},
		{Name: "options", Run: options},
		{Name: "needs the graph", Run: needsTheGraph, Exempt: func(c attribution.Card) string {
			if !c.NeedsGradient {
				return "it needs only scores, by its card"
			}
			return ""
		}},
		{Name: "needs baselines", Run: needsBaselines, Exempt: func(c attribution.Card) string {
			if !c.NeedsBaselines {
				return "it compares with no other images, by its card"
			}
			return ""
		}},
		{Name: "bad requests", Run: badRequests},
	}
}

func card(t *testing.T, s *Subject) {
	c := s.Card
	if c.Name != s.Method.Name() {
		t.Errorf("the card is of %q, the method is %q", c.Name, s.Method.Name())
	}
	for what, text := range map[string]string{"title": c.Title, "description": c.Description, "cost": c.Cost, "failures": c.Failures, "paper": c.Paper} {
		if text == "" {
			t.Errorf("the card has no %s", what)
		}
	}
	if !slices.Contains([]string{"auto", "perturbation", "cam", "gradient", "relevance", "attention"}, c.Family) {
		t.Errorf("family %q", c.Family)
	}
}

// options can be set to their defaults, and others are refused by words that name
// those there are.
func options(t *testing.T, s *Subject) {
	p, _ := imaging.Preset("imagenet")
	for _, o := range s.Card.Options {
		var r attribution.Request
		if _, err := (attribution.Registry{s.Method}).Configure(s.Method.Name(), map[string]string{o.Name: o.Default}, &p, &r); err != nil {
			t.Errorf("%v", err)
		}
	}
	if _, err := s.Method.With("colour", "1"); err == nil {
		t.Error("it has an option colour")
	}
}

// needsTheGraph: a model of which only scores are known is refused in words that say
// what works.
func needsTheGraph(t *testing.T, s *Subject) {
	_, err := attribution.Explain(t.Context(), s.Method, plainModel(ordinary), request(0), nil)
	if !errors.Is(err, attribution.ErrNotDifferentiable) || !attribution.Unfit(err) || !strings.Contains(err.Error(), "occlusion") {
		t.Errorf("error %v, want one that says what needs no graph", err)
	}
}

func needsBaselines(t *testing.T, s *Subject) {
	r := request(0)
	r.Baselines = nil
	if _, err := attribution.Explain(t.Context(), s.Method, s.watch(ordinary).scorer(), r, nil); !errors.Is(err, attribution.ErrNoBaselines) {
		t.Errorf("without: %v", err)
	}
	r.Baselines = [][]float32{wavy(0)[1:]}
	if _, err := attribution.Explain(t.Context(), s.Method, s.watch(ordinary).scorer(), r, nil); err == nil {
		t.Error("one that is too short is taken")
	}
}

// badRequests are refused before the model is asked for much.
func badRequests(t *testing.T, s *Subject) {
	bad := map[string]func(r *attribution.Request){
		"an input that is not a number": func(r *attribution.Request) { r.Input[3] = float32(math.NaN()) },
		"an infinite input":             func(r *attribution.Request) { r.Input[3] = float32(math.Inf(1)) },
		"a short input":                 func(r *attribution.Request) { r.Input = r.Input[1:] },
		"the truth of no label": func(r *attribution.Request) {
			r.Truth, r.Target = attribution.NoTruth, attribution.Target{Kind: attribution.True}
		},
		"a class that is not there": func(r *attribution.Request) {
			r.Target = attribution.Target{Kind: attribution.OneClass, Class: classes}
		},
	}
	if s.has("fill") {
		bad["a fill of two channels"] = func(r *attribution.Request) {
			r.Fill = attribution.Fill{Kind: attribution.FillValue, Values: []float32{1, 2}}
		}
	}
	for name, spoil := range bad {
		r := request(0)
		spoil(&r)
		model := s.watch(ordinary)
		if m, err := attribution.Explain(t.Context(), s.Method, model.scorer(), r, nil); err == nil || m != nil {
			t.Errorf("%s: map %v, no error", name, m)
		}
		if model.inputs > 1+len(r.Baselines) {
			t.Errorf("%s: %d inputs were run", name, model.inputs)
		}
	}
}
