package server_test

import (
	"encoding/binary"
	"io"
	"net/http"
	"slices"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server"
	"github.com/sightline/sightline/server/api"
)

// The map of an evaluation's images is there at once by principal components, and by neighbours once a job made it; the same
// seed gives the same bits, and new predictions make it anew.
func TestSpace(t *testing.T) {
	s, c := evaluated(t)
	const e = "colours~net"
	space, err := c.Space(t.Context(), e)
	if must(t, err); space.Images != 12 || space.Drawn != 12 || space.Made || space.Reason != "" {
		t.Fatalf("before: %+v", space)
	}
	flat, err := c.SpacePoints(t.Context(), e, "pca")
	must(t, err)
	if _, err := c.SpacePoints(t.Context(), e, "umap"); !isStatus(err, http.StatusNotFound) {
		t.Errorf("a map that is not made: %v", err)
	}
	started, err := c.MakeSpace(t.Context(), e, 3)
	must(t, err)
	finish(t, c, *started.Job)
	points, err := c.SpacePoints(t.Context(), e, "umap")
	must(t, err)
	list, err := c.Samples(t.Context(), e, "", "path", 0, 20)
	must(t, err)
	if len(points) != 12 || len(flat) != 12 || !slices.IsSortedFunc(points, func(a, b client.Point) int { return int(a.Sample - b.Sample) }) {
		t.Fatalf("%d and %d points", len(points), len(flat))
	}
	for _, one := range list.Samples {
		if !slices.ContainsFunc(points, func(p client.Point) bool { return p.Sample == one.ID }) {
			t.Errorf("%s is not on the map", one.Path)
		}
	}
	if again, err := c.MakeSpace(t.Context(), e, 3); err != nil || !again.Made || again.Job != nil {
		t.Errorf("made again: %+v, %v", again, err)
	}
	for seed := range uint64(2) {
		started, err := c.MakeSpace(t.Context(), e, 4-seed)
		must(t, err)
		finish(t, c, *started.Job)
		other, err := c.SpacePoints(t.Context(), e, "umap")
		if must(t, err); slices.Equal(other, points) != (seed == 1) {
			t.Errorf("seed %d gives the map of seed 3: %v", 4-seed, seed != 1)
		}
	}
	tagged(t, s, e)
	values(t, s, c, e)
}

// tagged: who has the points is not sent them again.
func tagged(t *testing.T, s *server.Server, e string) {
	t.Helper()
	for _, projection := range []string{"pca", "umap"} {
		address := s.URL() + "/api/evaluations/" + e + "/space/points?projection=" + projection
		first, err := http.Get(address)
		must(t, err)
		first.Body.Close()
		r, err := http.NewRequest(http.MethodGet, address, nil)
		must(t, err)
		r.Header.Set("If-None-Match", first.Header.Get("ETag"))
		second, err := http.DefaultClient.Do(r)
		must(t, err)
		second.Body.Close()
		if first.StatusCode != http.StatusOK || second.StatusCode != http.StatusNotModified || first.Header.Get("ETag") == "" {
			t.Errorf("%s: %d, then %d", projection, first.StatusCode, second.StatusCode)
		}
	}
}

// values: labels, predictions and what a slice selects come in the order of the points.
func values(t *testing.T, s *server.Server, c *client.Client, e string) {
	t.Helper()
	points, err := c.SpacePoints(t.Context(), e, "pca")
	must(t, err)
	list, err := c.Samples(t.Context(), e, "", "path", 0, 20)
	must(t, err)
	res, err := http.Get(s.URL() + "/api/evaluations/" + e + "/space/values?correct=false")
	must(t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	must(t, err)
	if len(data) != 16+13*len(points) || string(data[:4]) != "SLV1" {
		t.Fatalf("%d bytes", len(data))
	}
	for i, p := range points {
		at := slices.IndexFunc(list.Samples, func(s api.Sample) bool { return s.ID == p.Sample })
		label, predicted := int32At(data, 4+i), int32At(data, 4+len(points)+i)
		inside := data[16+12*len(points)+i] == 1
		want := list.Samples[at]
		if label != want.Label || predicted != want.Predicted || inside != (label != predicted) {
			t.Errorf("%s: label %d, predicted %d, inside %v", want.Path, label, predicted, inside)
		}
	}
}

func int32At(data []byte, i int) int { return int(int32(binary.LittleEndian.Uint32(data[4*i:]))) }
