package methodtest

import (
	"math"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
)

// modelCases are models with something special.
func modelCases() []Case {
	return []Case{
		{Name: "zero effect gives zero", Run: zero(constant), Exempt: blindToScores},
		{Name: "saturated scores give zero", Run: zero(saturated), Exempt: func(c attribution.Card) string {
			if c.Family == "relevance" {
				return "relevance hands down the score itself, whether or not it can move"
			}
			return blindToScores(c)
		}},
		{Name: "saturated scores give an honest map", Run: honest},
		{Name: "scores that are not numbers", Run: notANumber},
		{Name: "an infinite score", Run: infiniteScore, Exempt: func(c attribution.Card) string {
			if c.Probability {
				return "it explains a probability, which a score of minus infinity makes zero"
			}
			return ""
		}},
		{Name: "geometry of inputs that are not square", Run: geometry},
		{Name: "hottest where the model looks", Run: hottest},
	}
}

func blindToScores(c attribution.Card) string {
	if c.ClassAgnostic {
		return "the map is the same whatever the target, so no score can make it zero"
	}
	if c.Probability {
		return "it explains a probability, and its values carry a constant"
	}
	return ""
}

// zero: where no part of the input moves the score, the map says so.
func zero(v variant) func(*testing.T, *Subject) {
	return func(t *testing.T, s *Subject) {
		if m := s.explain(t, s.watch(v).scorer(), request(0)); !strings.HasPrefix(m.Degenerate, "zero") {
			t.Errorf("called %q, want zero; values %.3g …", m.Degenerate, m.Values[:3])
		}
	}
}

// honest: a map that may be read has finite values that differ.
func honest(t *testing.T, s *Subject) {
	m := s.explain(t, s.watch(saturated).scorer(), request(0))
	if m.Degenerate == "" && attribution.Diagnose(m.Values, 0) != "" {
		t.Errorf("a map that is %s passes for one", attribution.Diagnose(m.Values, 0))
	}
}

// notANumber: nothing can be explained, and the error says why. (A model that never
// gives the same scores twice counts as one of a fixed batch, in which attention is
// not found.)
func notANumber(t *testing.T, s *Subject) {
	m, err := attribution.Explain(t.Context(), s.Method, s.watch(notNumber).scorer(), request(0), nil)
	if m != nil || err == nil || !strings.Contains(err.Error(), "NaN") && !attribution.Unfit(err) {
		t.Errorf("map %v, error %v, want one that names NaN", m, err)
	}
}

// infiniteScore is refused where scores are all there is; else its map at least says
// that it must not be read.
func infiniteScore(t *testing.T, s *Subject) {
	r := request(0)
	r.Target = attribution.Target{Kind: attribution.OneClass, Class: 0}
	m, err := attribution.Explain(t.Context(), s.Method, s.watch(infinite).scorer(), r, nil)
	if err == nil && (s.kind == plain || m.Degenerate == "" && !s.Card.ClassAgnostic) {
		t.Errorf("a map of the score %v passes for one", m.Score)
	}
}

// geometry: a map's corners are the input's, in both layouts, and its values as many
// as its cells.
func geometry(t *testing.T, s *Subject) {
	variants := []variant{ordinary}
	if s.kind == plain {
		variants = append(variants, channelsLast)
	}
	for _, v := range variants {
		r := request(0)
		m := s.explain(t, s.watch(v).scorer(), r)
		if want := m.Width * m.Height * max(1, m.Channels); len(m.Values) != want || m.Width < 2 || m.Height < 2 || m.Width == m.Height && m.Width > height {
			t.Errorf("%d values of %d×%d cells", len(m.Values), m.Width, m.Height)
		}
		for _, corner := range [][2]float64{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
			left, top, right, bottom := m.Geometry.Bounds()
			x, y := m.Geometry.Apply(left+corner[0]*(right-left), top+corner[1]*(bottom-top))
			wantX, wantY := r.Geometry.Apply(corner[0]*width, corner[1]*height)
			if math.Abs(x-wantX) > 1e-9 || math.Abs(y-wantY) > 1e-9 {
				t.Errorf("corner %v is at %.3f, %.3f of the image, want %.3f, %.3f", corner, x, y, wantX, wantY)
			}
		}
		if want := (imaging.Geometry{}); m.Geometry == want {
			t.Error("the map has no geometry")
		}
	}
}

// hottest: where only one spot has an effect, the map is highest there, within a cell.
func hottest(t *testing.T, s *Subject) {
	r := request(0)
	r.Target = attribution.Target{Kind: attribution.OneClass, Class: 0}
	m := s.explain(t, s.watch(spot).scorer(), r)
	peak, ok := m.Summed().Hottest()
	x, y := r.Geometry.Apply(spotLeft+side/2, spotTop+side/2)
	// Half of the spot and half of the widest cells that methods have here, times 2.5.
	if reach := 2.5 * (side/2 + 2); !ok || m.Degenerate != "" || math.Abs(peak.X-x) > reach || math.Abs(peak.Y-y) > reach {
		t.Errorf("hottest at %.1f, %.1f of the image, want %.1f, %.1f; %q", peak.X, peak.Y, x, y, m.Degenerate)
	}
}
