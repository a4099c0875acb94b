package results

import (
	"encoding/json"
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

// A model that is added again measures its batch anew; that alone loses no prediction. Any
// other setting does.
func TestMeasuredBatchKeepsPredictions(t *testing.T) {
	f := newFixture(t, 20, 3, 20)
	for _, again := range []struct {
		spec string
		lost int
	}{
		{`{"name":"model","batch":{"mode":"dynamic","recommended":8}}`, 20},
		{`{"name":"model","batch":{"mode":"dynamic","recommended":4}}`, 0},
		{`{"name":"model","batch":{"recommended":2,"mode":"dynamic"}}`, 0},
		{`{"name":"model","batch":{"mode":"fixed","recommended":2}}`, 20},
		{`{"name":"model","batch":{"mode":"fixed","recommended":2},"classes":["a"]}`, 20},
	} {
		if _, err := f.catalog.PutModel(ctx, "model", "abc", json.RawMessage(again.spec), OfModel); err != nil {
			t.Fatal(err)
		}
		_, ids, err := f.w.PlanEvaluation(ctx, f.plan("job1"))
		if err != nil || len(ids) != again.lost {
			t.Errorf("%s: %d predictions are to be made again, want %d (%v)", again.spec, len(ids), again.lost, err)
		}
		if len(ids) > 0 {
			f.ingest(t, 0, 0, 20)
		}
	}
}
