package results

import (
	"testing"

	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/slice"
)

// Curves and areas of any slice are those of the scores of its samples.
func TestCurveOfASlice(t *testing.T) {
	f := newFixture(t, 300, 4, 64)
	for _, text := range []string{"confidence=0.4-", "split=test&q=1", "split=!test&confidence=-0.6&threshold=0.5", "label=2&confidence=0.3-", "q=nothing"} {
		of := slice.MustParse(text)
		s, err := f.w.Summary(ctx, f.e.ID, of)
		if err != nil || len(s.Areas) != 4 {
			t.Fatalf("%s: %+v, %v", text, s, err)
		}
		for class := range 4 {
			var scores []float32
			var positive []bool
			err := f.w.EachPrediction(ctx, f.e.ID, of, true, func(x Exported) error {
				if x.Truth >= 0 {
					scores, positive = append(scores, x.Scores[class]), append(positive, x.Truth == class)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			want := metrics.PrecisionRecall(scores, positive)
			got, err := f.w.CurveOf(ctx, f.e.ID, of, class, 1<<20)
			if err != nil || got.Positives != want.Positives || got.AveragePrecision != want.AveragePrecision() || len(got.Points) != len(want.Points) {
				t.Errorf("%s, class %d: %+v (%v), want %d positives, AP %v", text, class, got, err, want.Positives, want.AveragePrecision())
			}
			if a := s.Areas[class]; a.Positives != want.Positives || a.Positives > 0 && a.AveragePrecision != want.AveragePrecision() {
				t.Errorf("%s, class %d: area %+v, want AP %v", text, class, a, want.AveragePrecision())
			}
		}
	}
}
