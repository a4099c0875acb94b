package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

// Rules are assessed by what is there; what is not leaves them unjudged, and nothing is made.
func TestCheck(t *testing.T) {
	_, c := evaluated(t)
	addOld(t, c)
	check := func(baseline string, rules ...string) api.Check {
		t.Helper()
		found, err := c.Check(t.Context(), "colours~net", api.CheckRequest{Rules: "rules:\n- " + strings.Join(rules, "\n- "), Baseline: baseline})
		must(t, err)
		return found
	}
	found := check("", "accuracy: {min: 0.4}", "recall: {min: 0.9, class: blue}", "share: {region: center, max: 1, fewest: 1, method: occlusion}", "no shortcut")
	var verdicts []string
	for _, r := range found.Rules {
		verdicts = append(verdicts, r.Verdict)
	}
	if got := strings.Join(verdicts, " "); got != "pass unjudged unjudged unjudged" || found.Verdict != "unjudged" {
		t.Errorf("%s: %+v", got, found)
	}
	if one := found.Rules[0].Checks[0]; one.N != 12 || one.Value == nil || *one.Value != 11./12 || !one.AtLeast {
		t.Errorf("%+v", one)
	}
	if one := found.Rules[1].Checks[0]; one.Class != "blue" || one.Slice != "label=2" || one.N != 5 {
		t.Errorf("%+v", one)
	}
	list, err := c.Samples(t.Context(), "colours~net", "", "", 0, 1)
	must(t, err)
	_, _, err = c.Map(t.Context(), "colours~net", list.Samples[0].ID, client.MapQuery{Method: "occlusion"})
	must(t, err)
	job, err := c.MeasureShares(t.Context(), "colours~net", client.ShareQuery{Methods: []string{"occlusion"}, Targets: []string{"predicted"}})
	must(t, err)
	finish(t, c, job)
	if found := check("", "share: {region: center, max: 1, fewest: 1, method: occlusion}", "share: {region: center, max: 1, fewest: 1, method: occlusion, target: red}"); found.Rules[0].Verdict != "pass" || found.Rules[1].Verdict != "unjudged" {
		t.Errorf("with one map: %+v", found)
	}
	if found := check("colours~old", "no worse class: {fewest: 1}", "no new shortcut"); len(found.Rules[0].Checks) != 3 || found.Rules[1].Verdict != "unjudged" {
		t.Errorf("against a baseline: %+v", found)
	}
}

func TestCheckRefuses(t *testing.T) {
	_, c := evaluated(t)
	for rules, want := range map[string]string{
		"rules:\n- acuracy":                                    "r.yaml:2:3: there is no rule",
		"rules:\n- recall: {min: 1, class: rot}":               `r.yaml:2:3: recall: the model has no class "rot"`,
		"rules:\n- share: {region: hat, min: 1}":               `r.yaml:2:3: share: there is no region "hat"`,
		"slice: label=rot\nrules:\n- no shortcut":              "r.yaml:1: slice: ",
		"rules:\n- no worse class":                             "name it with --baseline",
		"rules:\n- share: {region: border, min: 1, target: x}": "",
	} {
		_, err := c.Check(t.Context(), "colours~net", api.CheckRequest{Rules: rules, File: "r.yaml"})
		if err == nil || !strings.Contains(err.Error(), want) || want != "" && !isStatus(err, http.StatusUnprocessableEntity) {
			t.Errorf("%q: %v, want %s", rules, err, want)
		}
	}
	for evaluation, baseline := range map[string]string{"no~such": "", "colours~net": "no~such"} {
		_, err := c.Check(t.Context(), evaluation, api.CheckRequest{Rules: "rules:\n- no worse class", Baseline: baseline})
		if !isStatus(err, http.StatusNotFound) && evaluation != "no~such" && baseline != "" {
			t.Errorf("%s, %s: %v", evaluation, baseline, err)
		}
	}
}
