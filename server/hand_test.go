package server_test

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/server/api"
)

// An image whose whole area is put in from another one is, to the model, that other one; a flat one of which a part is hidden smoothly
// stays what it is; and the map that comes along is that of the changed image.
func TestChangeByHand(t *testing.T) {
	s, c := evaluated(t)
	list, err := c.Samples(t.Context(), "colours~net", "", "", 0, 12)
	must(t, err)
	one := list.Samples[0]
	other := one
	for _, it := range list.Samples {
		if it.Predicted != one.Predicted {
			other = it
		}
	}
	whole, err := c.Sample(t.Context(), "colours~net", one.ID)
	must(t, err)
	donor, err := c.Sample(t.Context(), "colours~net", other.ID)
	must(t, err)
	address := s.URL() + "/api/evaluations/colours~net/samples/" + itoa(one.ID) + "/changed"
	change := func(body api.HandRequest) (out api.HandChange) {
		t.Helper()
		text, err := json.Marshal(body)
		must(t, err)
		status, _, got := request(t, "POST", address, string(text))
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", text, status, got)
		}
		must(t, json.Unmarshal([]byte(got), &out))
		return out
	}
	w, h := float64(whole.Width), float64(whole.Height)
	all := []api.HandArea{{Kind: "box", Points: []float64{0, 0, w, h}}}
	got := change(api.HandRequest{Areas: all, Fill: "swap", Donor: other.ID, Method: "occlusion"})
	if got.Predicted != other.Predicted || !got.Turned || got.Area != 1 || got.Map.Method != "occlusion" || got.Map.TargetIndex != other.Predicted {
		t.Errorf("all of another image: %+v", got)
	}
	for _, now := range got.Scores {
		for _, want := range donor.Scores {
			if now.Index == want.Index && (math.Abs(now.Logit-want.Logit) > 1e-4 || math.Abs(now.Score-want.Score) > 1e-5) {
				t.Errorf("%s: %+v, of the other image %+v", now.Name, now, want)
			}
		}
		for _, want := range whole.Scores {
			if now.Index == want.Index && (now.Before != want.Logit || now.Was != want.Score) {
				t.Errorf("%s: %+v, before it was %+v", now.Name, now, want)
			}
		}
	}
	file, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(got.Image, "data:image/jpeg;base64,"))
	must(t, err)
	if im, err := imaging.Decode(file, imaging.Limits{}); err != nil || im.Width != whole.Width || im.Height != whole.Height {
		t.Errorf("the changed image: %v, %v", im, err)
	}
	got = change(api.HandRequest{Areas: []api.HandArea{{Kind: "box", Points: []float64{0, 0, w / 2, h / 2}}}, Fill: "pyramid"})
	if got.Turned || got.Area != 0.25 || len(got.Map.Values) == 0 {
		t.Errorf("a quarter of one colour, hidden: %+v", got)
	}
	quarter := []float64{0, 0, w / 2, h / 2}
	for want, areas := range map[float64][]api.HandArea{
		0.25: {{Kind: "box", Points: quarter}, {Kind: "box", Points: quarter}}, // counted once
		1:    {{Kind: "box", Points: []float64{-50, -50, w + 50, h + 50}}},
	} {
		if got := change(api.HandRequest{Areas: areas, Fill: "mean"}); got.Area != want {
			t.Errorf("%+v: %v of the image, want %v", areas, got.Area, want)
		}
	}
	for body, says := range map[string]string{
		`{"fill":"mean","areas":[{"kind":"box","points":[500,500,600,600]}]}`:           "no area of the image is drawn",
		`{"fill":"mean","areas":[{"kind":"box","points":[1e308,-1e308,-1e308,1e308]}]}`: "a coordinate beyond",
		`{"fill":"pyramid"}`:                                                              "no area of the image is drawn",
		`{"fill":"pyramid","region":"tail"}`:                                              `no region \"tail\"`,
		`{"fill":"swap","areas":[{"kind":"box","points":[0,0,5,5]}]}`:                     "not another one",
		`{"fill":"blur","areas":[{"kind":"box","points":[1,2,3]}]}`:                       "3 coordinates",
		`{"fill":"mean","target":"class:99","areas":[{"kind":"box","points":[0,0,5,5]}]}`: "the classes of",
		`{"fill":"mean","method":"x","areas":[{"kind":"box","points":[0,0,5,5]}]}`:        "x",
	} {
		if status, _, got := request(t, "POST", address, body); status != http.StatusBadRequest || !strings.Contains(got, says) {
			t.Errorf("%s: %d %s", body, status, got)
		}
	}
}

// A part that is hidden in all images of a sample's cell is tried by a job, and its answer kept.
func TestAreaOnAWholeCell(t *testing.T) {
	s, c := evaluated(t)
	list, err := c.Samples(t.Context(), "colours~net", "label=red&predicted=red", "", 0, 12)
	must(t, err)
	address := s.URL() + "/api/evaluations/colours~net/samples/" + itoa(list.Samples[0].ID) + "/cell?slice=correct%3Dfalse&box=4,4,0,0"
	ask := func(method string, want int) (out api.CellTest) {
		t.Helper()
		status, _, got := request(t, method, address, "")
		if status != want {
			t.Fatalf("%s: %d %s", method, status, got)
		}
		must(t, json.Unmarshal([]byte(got), &out))
		return out
	}
	if got := ask("GET", http.StatusOK); got.State != "untested" || got.Images != list.Total || got.Slice != "label=0&predicted=0" || got.PredictedName != "red" {
		t.Errorf("before: %+v, of %d images", got, list.Total)
	}
	job := ask("POST", http.StatusAccepted).Job
	if job == "" {
		t.Fatal("no job was started")
	}
	done, err := c.Job(t.Context(), job)
	must(t, err)
	finish(t, c, done)
	for _, method := range []string{"GET", "POST"} {
		got := ask(method, map[string]int{"GET": http.StatusOK, "POST": http.StatusAccepted}[method])
		if got.State != "done" || got.Job != "" || len(got.Fills) != 2 || got.Fills[0].Turned.N != list.Total || got.Fills[0].Turned.Mean != 0 || got.Fills[0].Control == nil {
			t.Errorf("%s: a corner of images of one colour: %+v", method, got)
		}
	}
	for _, bad := range []string{"box=1,2,3", "box=NaN,0,4,4", "box=4,4,4,9", "region=tail", ""} {
		if status, _, got := request(t, "GET", strings.Split(address, "?")[0]+"?"+bad, ""); status != http.StatusBadRequest && status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", bad, status, got)
		}
	}
}
