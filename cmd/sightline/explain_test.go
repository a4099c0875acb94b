package main

import (
	"strings"
	"testing"
	"unicode/utf8"

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
