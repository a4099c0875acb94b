package server_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/imaging/drawing"
	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/server/api"
)

// Maps as files are the maps: the array ends with the values, and the image is the
// map drawn over the image that the server shows. One that does not fit is told among
// the others.
func TestDrawnMaps(t *testing.T) {
	s, c := evaluated(t)
	list, err := c.Samples(t.Context(), "colours~net", "", "", 0, 1)
	must(t, err)
	id := list.Samples[0].ID
	query := api.DrawnRequest{Samples: []int64{id}, Methods: []string{"occlusion", "attention", "rise"}, Targets: []string{"predicted", "class:1"}, Seed: 3,
		Options: map[string]string{"occlusion.grid": "4"}, Colours: "viridis"}
	var got []client.DrawnMap
	must(t, c.Drawn(t.Context(), "colours~net", query, func(m client.DrawnMap) error {
		got = append(got, m)
		return nil
	}))
	if len(got) != 6 {
		t.Fatalf("%d maps, want 6", len(got))
	}
	for i, m := range got {
		if m.Asked.Method != query.Methods[i/2] || m.Asked.Target != query.Targets[i%2] {
			t.Errorf("map %d is %+v", i, m.Asked)
		}
		if m.Asked.Method == "attention" {
			if m.Err == nil || !strings.Contains(m.Err.Error(), "no attention") || m.NPY != nil || m.PNG != nil {
				t.Errorf("%s: %v", m.Method, m.Err)
			}
			continue
		}
		if (m.Method == "occlusion") != (m.Asked.Options["grid"] == "4") {
			t.Errorf("%s has options %v", m.Method, m.Asked.Options)
		}
		sameAsMap(t, c, id, m.Asked, m)
	}
	for _, asked := range []string{"?method=occlusion&target=predicted&option=grid=4&seed=3&colours=viridis", "?method=attention"} {
		status, _, body := request(t, "GET", s.URL()+"/api/evaluations/colours~net/samples/"+itoa(id)+"/drawn"+asked, "")
		if failed := strings.Contains(asked, "attention"); status != http.StatusOK || !strings.Contains(body, string(got[0].PNG)) == !failed || strings.Contains(body, "application/problem+json") != failed {
			t.Errorf("%s: %d, %d bytes", asked, status, len(body))
		}
	}
	status, _, body := request(t, "GET", s.URL()+"/api/evaluations/colours~net/samples/"+itoa(id)+"/drawn?colours=rainbow", "")
	if status != http.StatusBadRequest || !strings.Contains(body, "rainbow") {
		t.Errorf("an unknown colour map: %d %s", status, body)
	}
}

// sameAsMap compares a drawn map with what a client would make of the plain map and the
// image.
func sameAsMap(t *testing.T, c *client.Client, id int64, q client.MapQuery, drawn client.DrawnMap) {
	t.Helper()
	h, values, err := c.Map(t.Context(), "colours~net", id, q)
	must(t, err)
	if drawn.Err != nil || h.Geometry != drawn.Geometry || h.Score != drawn.Score || h.TargetName != drawn.TargetName || !bytes.HasSuffix(drawn.NPY, floats.Bytes(values)) {
		t.Errorf("%s: header %+v, want %+v; %v", q.Method, drawn.MapHeader, h, drawn.Err)
	}
	if h.Degenerate != "" {
		if drawn.PNG != nil {
			t.Errorf("%s means nothing and is drawn", q.Method)
		}
		return
	}
	var file bytes.Buffer
	must(t, c.Image(t.Context(), "colours", id, &file))
	im, err := imaging.Decode(file.Bytes(), imaging.Limits{})
	must(t, err)
	overlay, err := drawing.Overlay(im.Upright(), values, h.Width, h.Height, imaging.Geometry(h.Geometry), drawing.Options{ColourMap: "viridis"})
	must(t, err)
	want, err := drawing.PNG(overlay)
	must(t, err)
	if !bytes.Equal(drawn.PNG, want) {
		t.Errorf("%s is drawn with %d bytes, want %d others", q.Method, len(drawn.PNG), len(want))
	}
}

// Maps of many samples come in the order asked for, each with its sample, whether they are stored
// or are made now; what is wrong with one sample is told of that one.
func TestDrawnMapsOfMany(t *testing.T) {
	_, c := evaluated(t)
	list, err := c.Samples(t.Context(), "colours~net", "", "-confidence", 0, 100)
	must(t, err)
	ids := []int64{1 << 40} // of no sample
	for _, s := range list.Samples {
		ids = append(ids, s.ID)
	}
	if _, _, err := c.Map(t.Context(), "colours~net", ids[2], client.MapQuery{Method: "occlusion"}); err != nil {
		t.Fatal(err)
	}
	query := api.DrawnRequest{Samples: ids, Methods: []string{"occlusion", "gradient"}, Colours: "viridis"}
	for _, query.Plain = range []bool{true, false} {
		n := 0
		must(t, c.Drawn(t.Context(), "colours~net", query, func(m client.DrawnMap) error {
			if want := query.Methods[n%2]; m.Sample != ids[n/2] || m.Asked.Method != want {
				t.Fatalf("map %d is %s of %d, want %s of %d", n, m.Asked.Method, m.Sample, want, ids[n/2])
			}
			switch n++; {
			case m.Sample == ids[0]:
				if m.Err == nil || !strings.Contains(m.Err.Error(), "is not in the dataset") {
					t.Errorf("no sample: %v", m.Err)
				}
			case query.Plain && m.PNG != nil:
				t.Errorf("plain, and drawn")
			case !query.Plain:
				sameAsMap(t, c, m.Sample, m.Asked, m)
			}
			return nil
		}))
		if n != 2*len(ids) {
			t.Errorf("%d maps, want %d", n, 2*len(ids))
		}
	}
	query = api.DrawnRequest{Samples: ids[2:3], Methods: []string{"occlusion", "gradient"}, Plain: true, Trust: true}
	trust, err := c.Trust(t.Context(), "colours~net", ids[2], client.MapQuery{Method: "occlusion"}, false)
	must(t, err)
	must(t, c.Drawn(t.Context(), "colours~net", query, func(m client.DrawnMap) error {
		switch {
		case m.Asked.Method == "gradient":
			if m.Err == nil || !strings.Contains(m.Err.Error(), "not been assessed") {
				t.Errorf("a map that was not assessed: %v", m.Err)
			}
		case m.Err != nil || m.Trust == nil || m.Trust.Verdict != trust.Verdict || m.Verdict != trust.Verdict || m.Trust.Reason != trust.Reason || *m.Trust.Insertion != trust.Map.Insertion:
			t.Errorf("%+v of %+v, %v", m.Trust, trust, m.Err)
		}
		return nil
	}))
}
