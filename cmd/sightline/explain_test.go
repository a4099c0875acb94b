package main

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sightline/sightline/internal/regiontable"
	"github.com/sightline/sightline/server/api"
)

// Every sample has files of its own, with names that file systems take.
func TestMapFileNames(t *testing.T) {
	names := newFileNames()
	deep := strings.Repeat("ü", 100) + "/" + strings.Repeat("ß", 120) + ".png"
	taken := map[string]string{}
	for i, path := range []string{"cake/1.png", "a__b/c.png", "a/b__c.png", deep, "x" + deep, "/mnt/photos/c:1.jpg"} {
		name := names.of(api.Sample{ID: int64(i), Path: path})
		if other, ok := taken[name]; ok {
			t.Errorf("%s and %s are both called %s", path, other, name)
		}
		if taken[name] = path; len(name) > 200 || !utf8.ValidString(name) || strings.ContainsAny(name, "/\\:") {
			t.Errorf("%s is called %s", path, name)
		}
	}
	if taken["cake__1.png"] != "cake/1.png" {
		t.Errorf("got %v", taken)
	}
}

// Red maps are counted and left out of what the others say together; a degenerate
// map is red although it was not judged.
func TestSummaryLeavesRedMapsOut(t *testing.T) {
	row := func(sample int64, verdict, degenerate string, share float64) regiontable.Row {
		return regiontable.Row{Sample: sample, Method: "rise", Target: "true", Region: "head", Share: share, Area: 0.5, Verdict: verdict, Degenerate: degenerate}
	}
	list := summarise([]regiontable.Row{row(1, "green", "", 0.2), row(2, "amber", "", 0.4), row(3, "red", "", 0.9), row(4, "", "zero", 0)})
	if len(list) != 1 || list[0].Maps != 4 || list[0].Verdict["red"] != 2 || list[0].Verdict["green"] != 1 {
		t.Fatalf("%+v", list[0])
	}
	if e := list[0].Regions[0].Share; math.Abs(e.Mean-0.3) > 1e-12 || e.N != 2 || e.LeftOut != 2 || e.Known {
		t.Errorf("%+v", e)
	}
}

// Targets are words, classes by name or index, and lists of them; names may hold
// commas.
func TestChooseTargets(t *testing.T) {
	e := api.Evaluation{Classes: []string{"tench, Tinca tinca", "goldfish", "7"}}
	for text, want := range map[string]string{
		"predicted": "predicted", "goldfish": "class:1", "class:goldfish": "class:1", "class:1": "class:1", "7": "class:2",
		"tench, Tinca tinca": "class:0", "true,contrast, Goldfish": "true contrast class:1", "class:9": "",
		"fish": "", "true,fish": "", "": "",
	} {
		got, err := chooseTargets(e, []string{text})
		if strings.Join(got, " ") != want || (err == nil) != (want != "") {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}
