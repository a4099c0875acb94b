package results

import (
	"testing"

	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/slice"
)

// The answers are those that the calibration error of the page is made of.
func TestAnswers(t *testing.T) {
	f := newFixture(t, 300, 5, 128)
	for _, text := range []string{"", "split=test", "label=1&confidence=0.3-"} {
		of := slice.MustParse(text)
		a, err := f.w.Answers(ctx, f.e.ID, of)
		if err != nil {
			t.Fatal(err)
		}
		s, err := f.w.Summary(ctx, f.e.ID, of)
		if err != nil {
			t.Fatal(err)
		}
		hits := 0
		for _, hit := range a.Right {
			if hit {
				hits++
			}
		}
		if len(a.Confidence) != s.Labelled || hits != s.Confusion.Correct() {
			t.Errorf("%q: %d answers, %d right, want %d and %d", text, len(a.Confidence), hits, s.Labelled, s.Confusion.Correct())
		}
		if got, want := mean(a.LogLoss)+mean(a.Brier), s.LogLoss+s.Brier; !close9(got, want) {
			t.Errorf("%q: mean losses %v, want %v", text, got, want)
		}
		if got := metrics.ECE(metrics.Calibration(a.Confidence, a.Right, ECEBins)); !close9(got, s.ECE) {
			t.Errorf("%q: calibration error %v, want %v", text, got, s.ECE)
		}
	}
}

func close9(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }

func mean(values []float64) (sum float64) {
	for _, v := range values {
		sum += v / float64(len(values))
	}
	return sum
}
