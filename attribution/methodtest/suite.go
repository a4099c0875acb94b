package methodtest

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
)

// Suite is methods and how they are tested.
type Suite struct {
	Methods  attribution.Registry
	Settings []Setting // run as further methods
}

// Setting is a registered method with options.
type Setting struct {
	Method  string
	Options map[string]string
}

// Case is one thing that every method must do.
type Case struct {
	Name string
	// Exempt returns why a method is left out, by what its card declares, or "" if it
	// is not; nil: none is.
	Exempt func(attribution.Card) string
	Run    func(t *testing.T, s *Subject)
}

// Cases are all cases.
func Cases() []Case {
	return slices.Concat(cardCases(), sameCases(), modelCases(), runCases())
}

// Run runs every case on every method and setting.
func (s Suite) Run(t *testing.T) {
	models := &models{t: t}
	for _, m := range s.Methods {
		runMethod(t, m.Name(), m, models)
	}
	for _, set := range s.Settings {
		plain, _ := imaging.Preset("plain")
		m, err := s.Methods.Configure(set.Method, set.Options, &plain, &attribution.Request{})
		if err != nil {
			t.Errorf("%s: %v", set.title(), err)
			continue
		}
		runMethod(t, set.title(), m, models)
	}
}

func (s Setting) title() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(s.Options)) {
		parts = append(parts, name+"="+s.Options[name])
	}
	return s.Method + " " + strings.Join(parts, " ")
}

func runMethod(t *testing.T, title string, m attribution.Method, models *models) {
	t.Run(title, func(t *testing.T) {
		s := &Subject{Method: m, Card: m.Card(), models: models}
		if s.kind = models.fit(t, m); s.kind == plain {
			t.Parallel() // no runtime is shared
		}
		for _, c := range Cases() {
			t.Run(c.Name, func(t *testing.T) {
				if c.Exempt != nil {
					if reason := c.Exempt(s.Card); reason != "" {
						t.Skip("left out: " + reason)
					}
				}
				c.Run(t, s)
			})
		}
	})
}

// Subject is a method under test.
type Subject struct {
	Method attribution.Method
	Card   attribution.Card
	kind   kind
	models *models
}

// watch is a model of the method's kind, watched anew.
func (s *Subject) watch(v variant) *watched { return s.models.watch(s.kind, v) }

// has reports whether the card lists an option.
func (s *Subject) has(option string) bool { return slices.Contains(s.Card.OptionNames(), option) }

// explain makes the map of one target or fails the test.
func (s *Subject) explain(t *testing.T, model attribution.Scorer, r attribution.Request) *attribution.Map {
	t.Helper()
	m, err := attribution.Explain(t.Context(), s.Method, model, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// limit is how far two maps that should be the same may lie apart: not at all where
// scores are exact, float32's rounding where a runtime adds them up in another order.
func (s *Subject) limit() float64 {
	if s.kind == plain {
		return 0
	}
	return 1e-6
}
