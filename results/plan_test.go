package results

import (
	"fmt"
	"testing"

	"github.com/sightline/sightline/dataset"
)

func TestImportKeepsPredictions(t *testing.T) {
	f := newFixture(t, 20, 3, 20)
	scan := &dataset.Result{Source: dataset.Source{Root: "/images"}, Layout: "folders"}
	for i := range 19 { // without the last one, and with one more
		scan.Samples = append(scan.Samples, dataset.Sample{Path: fmt.Sprintf("%06d.png", i), Hash: fmt.Sprintf("%032x", i), Width: 4, Height: 3, Orientation: 1})
	}
	scan.Samples = append(scan.Samples, dataset.Sample{Path: "new.png", Hash: "f", Width: 1, Height: 1, Orientation: 1})
	if _, err := f.catalog.Import(ctx, "data", scan); err != nil {
		t.Fatal(err)
	}
	if n := f.count(t, "predictions"); n != 20 {
		t.Errorf("%d predictions, want 20", n)
	}
	_, ids, err := f.w.PlanEvaluation(ctx, f.plan("job2"))
	if err != nil || len(ids) != 1 {
		t.Errorf("the next evaluation has %d items (%v), want the new one", len(ids), err)
	}
}
