package gates

import (
	"errors"
	"strings"
	"testing"
)

const all = `# what must hold
slice: split=test
rules:
  - accuracy: {min: 0.9}
  - recall: {min: 0.8, class: [chef, nurse]}
  - recall:
      min: 0.5
      fewest: 10
  - calibration: {max: 0.05}
  - share: {region: head, max: 0.3, class: each, method: gradcam, target: contrast}
  - share: {region: uniform, min: 0.4}
  - flip: {region: head, max: 0.10}
  - no leak
  - no near duplicate
  - no shortcut
  - no new shortcut:
  - no worse class: {class: chef}
`

func TestParse(t *testing.T) {
	f, err := Parse("rules.yaml", []byte(all))
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for i := range f.Rules {
		said = append(said, f.Rules[i].String())
	}
	want := `accuracy ≥ 0.9
recall of chef, nurse ≥ 0.8
recall of each class ≥ 0.5
calibration error ≤ 0.05
share of the head of each class ≤ 0.3
share of the uniform ≥ 0.4
flip(head) − control of each class ≤ 0.1
no leak
no near duplicate
no shortcut
no new shortcut
no worse class of chef`
	if got := strings.Join(said, "\n"); got != want {
		t.Errorf("read\n%s", got)
	}
	if r := f.Rules[2]; r.Line != 6 || r.Column != 5 || r.Fewest != 10 || f.Rules[3].Fewest != FewestCalibration || f.Rules[0].Fewest != Fewest {
		t.Errorf("%+v", r)
	}
	if r := f.Rules[4]; f.Slice != "split=test" || !f.Sliced || r.Method != "gradcam" || r.Target != "contrast" {
		t.Errorf("%+v %+v", f, r)
	}
}

// A mistake is told with its line and column, and what may have been meant.
func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"":                                                     "r.yaml:1:1: there are no rules",
		"rules:\n  - acuracy: {min: 1}":                        `r.yaml:2:5: there is no rule "acuracy"; did you mean accuracy? (there are accuracy, recall,`,
		"rules:\n- no shortcuts":                               `r.yaml:2:3: there is no rule "no shortcuts"; did you mean no shortcut?`,
		"rules:\n- accuracy: {mn: 1}":                          `r.yaml:2:14: there is no setting of accuracy "mn"; did you mean min? (there are min, fewest)`,
		"rules:\n- accuracy: {min: 90 %}":                      `r.yaml:2:19: min must be a number from 0 to 1, such as 0.9, not "90 %"`,
		"rules:\n- accuracy: {min: 90}":                        `r.yaml:2:19: min must be a number from 0 to 1`,
		"rules:\n- accuracy: {min: NaN}":                       `r.yaml:2:19: min must be a number from 0 to 1`,
		"rules:\n- accuracy":                                   "r.yaml:2:3: accuracy needs min: `- accuracy: {min: 0.9}`",
		"rules:\n- accuracy: 0.9":                              "r.yaml:2:13: the settings of accuracy must stand in braces",
		"rules:\n- share: {max: 1}":                            "r.yaml:2:3: share needs region",
		"rules:\n- share: {region: head}":                      "r.yaml:2:3: share needs min or max",
		"rules:\n- share: {region: '', max: 1}":                "r.yaml:2:19: region must be a text",
		"rules:\n- share: {region: h, min: 0.5, max: 0.4}":     "r.yaml:2:27: min is above max",
		"rules:\n- recall: {min: 1, fewest: 0}":                "r.yaml:2:28: fewest must be a number of images",
		"rules:\n- recall: {min: 1, class: []}":                "r.yaml:2:27: class must name a class",
		"rules:\n- recall: {min: 1}\n  accuracy: {min: 1}":     "r.yaml:2:3: one rule for each item",
		"rules:\n- recall: {min: 1, min: 1}":                   "min",
		"rules: {accuracy: 1}":                                 "r.yaml:1:8: rules must be a list",
		"rule:\n- x":                                           `r.yaml:1:1: there is no key "rule"; did you mean rules?`,
		"- accuracy: {min: 1}":                                 "r.yaml:1:1: must have keys: slice, rules",
		"rules:\n- accuracy: {min: &a 1}\n- recall: {min: *a}": "r.yaml:3:17: an alias (*a) is not read here",
		"rules:\n- accuracy: {min: 1":                          "r.yaml:2: no YAML: ",
		"a: 1\nrules:\n- accuracy: [1\n":                       "r.yaml:3: no YAML: ",
		"rules:\n- accuracy: {min: 1}\n x: 2":                  "r.yaml:3: no YAML: ",
		"rules:\n- accuracy\n  - recall: b: c":                 "r.yaml:3: no YAML: ",
		"rules:\n- accuracy: \"1":                              "r.yaml:2: no YAML: ",
		"rules:\n\t- accuracy":                                 "r.yaml:2: no YAML: ",
		"rules:\n- [accuracy]":                                 "r.yaml:2:3: must be a rule: one of accuracy",
	} {
		_, err := Parse("r.yaml", []byte(text))
		var mistake *Mistake
		if err == nil || !errors.As(err, &mistake) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(all)
	f.Add("rules: [no shortcut]")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Parse("r.yaml", []byte(text))
		var mistake *Mistake
		if err != nil && !errors.As(err, &mistake) {
			t.Errorf("%v is no mistake", err)
		}
		if err == nil && len(file.Rules) == 0 {
			t.Error("no rules, and no mistake")
		}
	})
}
