package server_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/sightline/sightline/server/api"
)

// Every other sample of the slice is in one of the lists, once, the most similar first; equal images are
// entirely alike. (That the answer is exact is the test of package neighbours.)
func TestSimilar(t *testing.T) {
	_, c := evaluated(t)
	list, err := c.Samples(t.Context(), "colours~net", "", "path", 0, 20)
	must(t, err)
	at := slices.IndexFunc(list.Samples, func(s api.Sample) bool { return s.Path == "blue/wrong.png" })
	asked := list.Samples[at]
	found, err := c.Similar(t.Context(), "colours~net", asked.ID, "", 100)
	must(t, err)
	if len(found.Right) != 11 || len(found.Wrong) != 0 || found.Of != 11 || found.Reason != "" || found.Rescored < 11 {
		t.Fatalf("%d right, %d wrong of %d, %q", len(found.Right), len(found.Wrong), found.Of, found.Reason)
	}
	for i, s := range found.Right {
		if s.ID == asked.ID || s.Similarity > 1+1e-9 || i > 0 && s.Similarity > found.Right[i-1].Similarity {
			t.Errorf("place %d: %+v", i, s)
		}
	}
	if first := found.Right[0]; first.LabelName != "red" { // it is a red image among the blue ones
		t.Errorf("most similar is %+v", first)
	}
	few, err := c.Similar(t.Context(), "colours~net", asked.ID, "label=green", 2)
	if must(t, err); len(few.Right) != 2 || few.Of != 4 || few.Right[0].LabelName != "green" {
		t.Errorf("among the green ones: %+v", few)
	}
	if back, err := c.Similar(t.Context(), "colours~net", few.Right[0].ID, "correct=false", 5); err != nil || len(back.Right) != 0 || len(back.Wrong) != 1 || back.Wrong[0].ID != asked.ID {
		t.Errorf("the wrong one is not found: %+v, %v", back, err)
	}
	if _, err := c.Similar(t.Context(), "colours~net", 1<<40, "", 5); !isStatus(err, http.StatusNotFound) {
		t.Errorf("a sample that is not there: %v", err)
	}
}
