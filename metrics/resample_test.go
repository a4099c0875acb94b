package metrics

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The interval of a mean is that of its standard error, holds the truth as often as it says, and is
// the same for the same seed; there is none below five samples or of what most draws do not have.
func TestResampleIntervals(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	held, runs, n := 0, 200, 60
	for run := range runs {
		values := make([]float64, n)
		var sum, squares float64
		for i := range values {
			values[i] = r.ExpFloat64()
			sum, squares = sum+values[i], squares+values[i]*values[i]
		}
		figures := func(drawn []int) []float64 {
			var sum float64
			for _, at := range drawn {
				sum += values[at]
			}
			return []float64{sum / float64(len(drawn)), math.NaN()}
		}
		got := ResampleIntervals(n, 300, 0.95, uint64(run), figures)
		if again := ResampleIntervals(n, 300, 0.95, uint64(run), figures); again[0] != got[0] || got[1].Known {
			t.Fatalf("%+v, then %+v", got, again)
		}
		mean := sum / float64(n)
		deviation := math.Sqrt((squares/float64(n) - mean*mean) / float64(n))
		if width := (got[0].High - got[0].Low) / (2 * 1.96 * deviation); width < 0.8 || width > 1.2 {
			t.Errorf("run %d: %v times as wide as the standard error says", run, width)
		}
		if got[0].Low <= 1 && 1 <= got[0].High {
			held++
		}
	}
	if held < runs*86/100 || held > runs*98/100 {
		t.Errorf("the intervals hold the mean in %d of %d runs", held, runs)
	}
	if got := ResampleIntervals(4, 100, 0.95, 1, func([]int) []float64 { return []float64{1} }); got[0].Known {
		t.Errorf("of four samples: %+v", got)
	}
}
