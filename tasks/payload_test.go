package tasks

import (
	"context"
	"math"
	"testing"

	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/tasks/measure"
)

// queueLimit is what the queue carries in one message.
const queueLimit = 8 << 20

// longOutline is an ellipse of so many corners that its text is larger than the queue carries.
func longOutline(shift float64) []float64 {
	const corners = 260_000
	points := make([]float64, 0, 2*corners)
	for i := range corners {
		sin, cos := math.Sincos(2 * math.Pi * (float64(i) + 0.1) / corners)
		points = append(points, 25+shift+20*cos, 20+15*sin)
	}
	return points
}

// Regions of any size are measured: when a map is made on demand, in a job of maps, and in
// one of maps that are stored, of which even a few keep nobody waiting.
func TestMapsOfLongOutlines(t *testing.T) {
	thorough.Only(t)
	r, page := evaluatedRig(t)
	ctx := context.Background()
	draw := func(shift float64) regions.Region {
		t.Helper()
		points := longOutline(shift)
		if n := len(task.JSON(points)); n <= queueLimit {
			t.Fatalf("an outline of %d bytes tests nothing", n)
		}
		annotate(t, r, map[string]map[string]any{page[0].Path: {"segmentation": [][]float64{points}}})
		return regions.Region{points}
	}
	check := func(list []measure.Map, head regions.Region) {
		t.Helper()
		for _, m := range list {
			if m.Sample.ID == page[0].ID {
				checkHead(t, r, m, head)
			} else {
				checkHead(t, r, m, nil)
			}
		}
	}
	requests, err := explain.Requests([]string{"gradient", "gradcam"}, []string{"predicted"}, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	head := draw(0)
	if _, err := r.maps.Explain(ctx, "photos~tiny", page[0].ID, requests[0], nil); err != nil {
		t.Fatal(err)
	}
	if n := storedShares(t, r); n != 13 {
		t.Fatalf("%d shares are stored with a map on demand", n)
	}
	two := explain.Selection{Evaluation: "photos~tiny", Sort: results.ByPath, Limit: 2}
	job, err := r.maps.ExplainSelection(ctx, two, true, requests...)
	r.run(t, job, err)
	if n := storedShares(t, r); n != 2*13+2*12 {
		t.Fatalf("%d shares are stored with the maps of a job", n)
	}
	check(measuredOf(t, r, two, requests, 4, 0), head)
	head = draw(4)
	measuredOf(t, r, two, requests, 0, 4) // few, but not done in a moment
	job, err = r.measure.Start(ctx, two, requests)
	if job = r.run(t, job, err); job.Items != 4 || job.Failed != 0 {
		t.Errorf("measuring: %d items, %d failed", job.Items, job.Failed)
	}
	check(measuredOf(t, r, two, requests, 4, 0), head)
}
