package gates

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func assess(t *testing.T, facts *Facts, rules ...string) Report {
	t.Helper()
	f, err := Parse("r.yaml", []byte("rules:\n- "+strings.Join(rules, "\n- ")))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Assess("r.yaml", f, facts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// facts of three classes, the third of which has few images.
func facts() *Facts {
	return &Facts{
		Classes: []string{"chef", "nurse", "miner"}, Regions: []string{"head", "uniform"},
		Counts: []Count{{100, 95}, {100, 85}, {8, 8}},
	}
}

// What the rule of docs/gates.md says, spelled out beside what decide does.
func TestDecide(t *testing.T) {
	for n := range 60 {
		for right := range n + 1 {
			for _, limit := range []float64{0, 0.2, 0.5, 0.9, 1} {
				g := proportion(right, n)
				for _, atLeast := range []bool{true, false} {
					want := Unjudged
					within := g.Value >= limit
					wholly := g.Low >= limit || g.High < limit
					if !atLeast {
						within, wholly = g.Value <= limit, g.High <= limit || g.Low > limit
					}
					if n > 0 && (n >= Fewest || wholly) {
						want = Fail
						if within {
							want = Pass
						}
					}
					if got, _ := decide(g, limit, atLeast, Fewest); got != want {
						t.Fatalf("%d of %d, limit %v, at least %v: %s, want %s", right, n, limit, atLeast, got, want)
					}
				}
			}
		}
	}
}

func TestNumbers(t *testing.T) {
	for rule, want := range map[string]Verdict{
		"accuracy: {min: 0.9}":                      Pass, // 188 of 208
		"accuracy: {min: 0.95}":                     Fail,
		"recall: {min: 0.84}":                       Unjudged, // the few miners
		"recall: {min: 0.84, fewest: 8}":            Pass,
		"recall: {min: 0.9}":                        Fail, // nurse
		"recall: {min: 0.9, class: chef}":           Pass,
		"recall: {min: 0.9, class: [chef, nurse]}":  Fail,
		"recall: {min: 0.3, class: miner}":          Pass, // the whole interval
		"recall: {min: 0.9, class: 2}":              Unjudged,
		"recall: {min: 0.9, class: 2, fewest: 100}": Unjudged,
	} {
		if r := assess(t, facts(), rule); r.Verdict != want {
			t.Errorf("%s: %+v, want %s", rule, r, want)
		}
	}
	r := assess(t, facts(), "recall: {min: 0.9, class: nurse}")
	if text := r.Results[0].Checks[0].Text; text != "recall of nurse is 85.0 % (95 %: 76.7 % to 90.7 %; 100 images), at least 90.0 % is asked for; the interval holds the limit, so chance may have a part in it" {
		t.Error(text)
	}
}

func TestNamesThatAreNotThere(t *testing.T) {
	for rule, want := range map[string]string{
		"recall: {min: 0.9, class: cheff}": `r.yaml:2:3: recall: the model has no class "cheff"; did you mean chef?`,
		"recall: {min: 0.9, class: 3}":     `the model has no class "3"`,
		"flip: {region: haed, max: 0.1}":   `r.yaml:2:3: flip: there is no region "haed"; did you mean head? (there are head, uniform)`,
		"no worse class":                   "r.yaml:2:3: no worse class compares with an earlier evaluation: name it with --baseline",
	} {
		f, err := Parse("r.yaml", []byte("rules:\n- "+rule))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Assess("r.yaml", f, facts()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", rule, err, want)
		}
	}
}

// Honest answers do not fail however few; dishonest ones do.
func TestCalibration(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(4, 4))
	answers := func(n int, less float64) *Facts {
		f := &Facts{}
		for range n {
			c := 0.4 + 0.6*random.Float64()
			f.Confidence, f.Right = append(f.Confidence, float32(c)), append(f.Right, random.Float64() < c-less)
		}
		return f
	}
	fails, beyond := 0, 0
	const runs = 60
	for range runs {
		r := assess(t, answers(150, 0), "calibration: {max: 0.03}")
		if r.Results[0].Checks[0].Figure.Value > 0.03 {
			beyond++
		}
		if r.Verdict == Fail {
			fails++
		}
	}
	t.Logf("of %d samples of honest answers %d have an error beyond the limit, %d fail", runs, beyond, fails)
	if fails > 8 || beyond < runs/2 { // 0.05·60 and 3 standard deviations
		t.Errorf("%d of %d fail, %d are beyond the limit", fails, runs, beyond)
	}
	for f, want := range map[*Facts]Verdict{answers(300, 0.2): Fail, answers(2000, 0): Pass, {}: Unjudged} {
		if r := assess(t, f, "calibration: {max: 0.05}"); r.Verdict != want {
			t.Errorf("%d answers: %+v, want %s", len(f.Right), r.Results, want)
		}
	}
}

func TestShares(t *testing.T) {
	f := facts()
	f.Shares = map[int][]AreaFact{0: {
		{Class: All, Region: "head", Share: Figure{0.4, 0.35, 0.45, 200}},
		{Class: 0, Region: "head", Share: Figure{0.2, 0.15, 0.25, 100}},
		{Class: 1, Region: "head", Share: Figure{0.6, 0.55, 0.65, 100}},
		{Class: 2, Region: "head", Share: Figure{0.5, 0, 1, 3}},
	}}
	for rule, want := range map[string]Verdict{
		"share: {region: head, max: 0.5}":                         Pass,
		"share: {region: head, max: 0.3}":                         Fail,
		"share: {region: head, min: 0.5}":                         Fail,
		"share: {region: head, min: 0.3, max: 0.5}":               Pass,
		"share: {region: head, max: 0.3, class: chef}":            Pass,
		"share: {region: head, max: 0.3, class: each}":            Fail,
		"share: {region: head, max: 0.7, class: each}":            Unjudged,
		"share: {region: head, max: 0.7, class: [chef, nurse]}":   Pass,
		"share: {region: head, max: 1, class: miner}":             Pass, // no share is larger
		"share: {region: head, max: 0.6, class: miner}":           Unjudged,
		"share: {region: head, max: 0.7, class: each, fewest: 3}": Pass,
	} {
		if r := assess(t, f, rule); r.Verdict != want {
			t.Errorf("%s: %+v, want %s", rule, r.Results, want)
		}
	}
	if r := assess(t, facts(), "share: {region: head, max: 0.5}", "share: {region: head, max: 0.5, class: each}"); r.Results[0].Verdict != Unjudged || r.Results[1].Verdict != Unjudged {
		t.Errorf("without maps: %+v", r)
	}
}

// tested has a head that decides chefs, was swapped for nurses, and was hidden alone for miners.
func tested() *Facts {
	f := facts()
	f.Tests = Tests{Done: true, Pairs: 5, Areas: []AreaTest{
		{Class: 0, Region: "head", More: Figure{0.6, 0.5, 0.7, 40}, Controlled: true, How: "hiding the head"},
		{Class: 1, Region: "head", More: Figure{0.02, -0.02, 0.06, 40}, Controlled: true, How: "hiding the head"},
		{Class: 2, Region: "head", More: Figure{0.3, 0.1, 0.5, 30}, How: "hiding the head"},
		{Class: 0, Region: "uniform", More: Figure{0, 0, 0.09, 40}, How: "hiding the uniform"},
		{Class: 1, Region: "uniform", More: Figure{0.1, -0.1, 0.3, 12}, Controlled: true, Few: true, How: "hiding the uniform"},
		{Class: All, Region: "uniform", More: Figure{0.03, 0, 0.06, 60}, Controlled: true, How: "hiding the uniform"},
	}, Shortcuts: []Shortcut{{Class: 0, Name: "chef", Region: "head", Text: "chef is decided by the head."}}}
	return f
}

func TestFlips(t *testing.T) {
	for rule, want := range map[string]Verdict{
		"flip: {region: head, max: 0.1}":                   Fail,
		"flip: {region: head, max: 0.1, class: nurse}":     Pass,
		"flip: {region: head, max: 0.1, class: miner}":     Unjudged, // without a control it may pass, not fail
		"flip: {region: head, max: 0.35, class: miner}":    Pass,
		"flip: {region: uniform, max: 0.1, class: chef}":   Pass,
		"flip: {region: uniform, max: 0.05, class: nurse}": Pass, // the pooled one stands for it
		"flip: {region: uniform, max: 0.1, class: miner}":  Unjudged,
	} {
		if r := assess(t, tested(), rule); r.Verdict != want {
			t.Errorf("%s: %+v, want %s", rule, r.Results, want)
		}
	}
	if r := assess(t, facts(), "flip: {region: head, max: 0.1}", "no shortcut"); r.Verdict != Unjudged || r.Results[1].Verdict != Unjudged {
		t.Errorf("without tests: %+v", r)
	}
}

func TestShortcuts(t *testing.T) {
	before := func(list ...Shortcut) *Facts {
		f := tested()
		f.Before = &Before{ID: "people~old", Tests: Tests{Done: true, Pairs: 4, Shortcuts: list}}
		return f
	}
	for _, c := range []struct {
		facts *Facts
		rule  string
		want  Verdict
	}{
		{tested(), "no shortcut", Fail},
		{tested(), "no shortcut: {class: nurse}", Pass},
		{before(), "no new shortcut", Fail},
		{before(Shortcut{Class: 7, Name: "chef", Region: "head"}), "no new shortcut", Pass}, // classes have other indices there
		{before(Shortcut{Class: All, Region: "head"}), "no new shortcut", Pass},
		{before(Shortcut{Class: 0, Name: "chef", Region: "border"}), "no new shortcut", Fail},
	} {
		if r := assess(t, c.facts, c.rule); r.Verdict != c.want {
			t.Errorf("%s: %+v, want %s", c.rule, r.Results, c.want)
		}
	}
	none := tested()
	none.Tests = Tests{Done: true}
	if r := assess(t, none, "no shortcut"); r.Verdict != Unjudged {
		t.Errorf("nothing could be tested: %+v", r)
	}
	open := before()
	open.Before.Tests = Tests{Next: "run it"}
	if r := assess(t, open, "no new shortcut"); r.Verdict != Unjudged {
		t.Errorf("the baseline is not tested: %+v", r)
	}
}

func TestWorse(t *testing.T) {
	f := facts()
	f.Before = &Before{ID: "people~old", Images: 208, Changes: []Change{
		{Class: 0, Images: 100, Fixed: 4, Broken: 6, Corrected: 0.75, Recall: 0.95, Was: 0.97},
		{Class: 1, Images: 100, Fixed: 1, Broken: 14, Corrected: 0.003, Recall: 0.85, Was: 0.98},
		{Class: 2, Images: 8, Corrected: 1, Recall: 1, Was: 1},
	}}
	for rule, want := range map[string]Verdict{
		"no worse class":                              Fail,
		"no worse class: {class: chef}":               Pass,
		"no worse class: {class: miner}":              Unjudged,
		"no worse class: {class: miner, fewest: 8}":   Pass,
		"no worse class: {class: [chef, nurse]}":      Fail,
		"no worse class: {class: nurse, fewest: 200}": Fail, // however few
	} {
		if r := assess(t, f, rule); r.Verdict != want {
			t.Errorf("%s: %+v, want %s", rule, r.Results, want)
		}
	}
	f.Before.Images = 0
	if r := assess(t, f, "no worse class"); r.Verdict != Unjudged {
		t.Errorf("nothing in common: %+v", r)
	}
}

// One rule that fails fails all; one that is unjudged leaves them so.
func TestWorst(t *testing.T) {
	for want, list := range map[Verdict][]Verdict{Pass: {Pass, Pass}, Fail: {Unjudged, Fail, Pass}, Unjudged: {Pass, Unjudged}} {
		if got := worst(list); got != want {
			t.Errorf("%v: %s", list, got)
		}
	}
	if r := assess(t, facts(), "recall: {min: 0.84}", "accuracy: {min: 0.99}"); r.Verdict != Fail || string(r.Results[0].Verdict+r.Results[1].Verdict) != "unjudgedfail" {
		t.Errorf("%+v", r)
	}
}

// Any leak fails; without a second split nothing is known, nor of images that were not compared.
func TestNoLeak(t *testing.T) {
	f := facts()
	for _, c := range []struct {
		splits int
		leaks  []Leak
		want   Verdict
	}{{1, nil, Unjudged}, {2, nil, Pass}, {3, []Leak{{Text: "3 of 90 measured images are in the training split, too"}}, Fail}} {
		f.Splits, f.Leaks = c.splits, c.leaks
		f.Near = c.leaks
		if r := assess(t, f, "no near duplicate"); r.Verdict != c.want || len(r.Results[0].Checks) != 1 {
			t.Errorf("%+v: %+v", c, r)
		}
		if r := assess(t, f, "no leak"); r.Verdict != c.want || len(r.Results[0].Checks) != 1 || r.Results[0].Checks[0].Text == "" {
			t.Errorf("%+v: %+v", c, r)
		}
	}
	f.Splits, f.Near, f.NearNot = 2, nil, "3 of 90 images were not compared"
	if r := assess(t, f, "no near duplicate"); r.Verdict != Unjudged || r.Results[0].Checks[0].Text != f.NearNot {
		t.Errorf("%+v", r)
	}
}
