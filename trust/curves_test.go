package trust

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The RISE authors' notebook: (Σ − first/2 − last/2) ÷ (points − 1).
func notebook(scores []float64) float64 {
	sum := 0.0
	for _, v := range scores {
		sum += v
	}
	return (sum - scores[0]/2 - scores[len(scores)-1]/2) / float64(len(scores)-1)
}

func TestTrapezoidIsTheNotebooks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{2, 3, 15, 29} {
		x, y := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i], y[i] = float64(i)/float64(n-1), r.Float64()
		}
		if got, want := trapezoid(x, y), notebook(y); math.Abs(got-want) > 1e-12 {
			t.Errorf("%d points: %v, want %v", n, got, want)
		}
	}
	if got := trapezoid([]float64{0, 0.5, 1}, []float64{1, 0, 0}); got != 0.25 {
		t.Errorf("by hand: %v, want 0.25", got)
	}
	if got := trapezoid([]float64{0, 0.2, 1}, []float64{0, 1, 1}); math.Abs(got-0.9) > 1e-12 {
		t.Errorf("uneven steps by hand: %v, want 0.9", got)
	}
}

func TestTailsByHand(t *testing.T) {
	for n, want := range map[int][2]float64{19: {1, 19}, 20: {1, 20}, 38: {1, 38}, 39: {2, 38}, 59: {3, 57}, 100: {5, 96}} {
		values := make([]float64, n)
		for i := range values {
			values[i] = float64((i*7)%n + 1) // 7 and n have no common factor
		}
		if low, high := tails(values); low != want[0] || high != want[1] {
			t.Errorf("1 to %d: %v and %v, want %v", n, low, high, want)
		}
	}
}

// One more value of the same origin lies outside a tail with a chance of at most
// 5 %: (n+1)/20, rounded down, of n+1.
func TestTailsHoldTheirLevel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const trials = 40000
	for _, n := range []int{20, 39, 50} {
		above, below := 0, 0
		values := make([]float64, n)
		for range trials {
			for i := range values {
				values[i] = r.ExpFloat64()
			}
			low, high := tails(values)
			if v := r.ExpFloat64(); v > high {
				above++
			} else if v < low {
				below++
			}
		}
		want := float64((n+1)/20) / float64(n+1)
		for _, count := range []int{above, below} {
			if got := float64(count) / trials; want > 0.05 || math.Abs(got-want) > 5*math.Sqrt(want/trials) {
				t.Errorf("%d values: %.4f outside a tail, want %.4f", n, got, want)
			}
		}
	}
}

func TestBandsByHand(t *testing.T) {
	curves := make([]Curves, 20)
	for i := range curves {
		curves[i] = Curves{Inserting: []float64{0, float64(i)}, Deleting: []float64{5, -float64(i)}}
	}
	b := bands(curves)
	if !slices.Equal(b.Inserting.Low, []float64{0, 0}) || !slices.Equal(b.Inserting.High, []float64{0, 19}) || !slices.Equal(b.Inserting.Median, []float64{0, 9.5}) {
		t.Errorf("inserting %+v", b.Inserting)
	}
	if !slices.Equal(b.Deleting.Low, []float64{5, -19}) || !slices.Equal(b.Deleting.High, []float64{5, 0}) {
		t.Errorf("deleting %+v", b.Deleting)
	}
}
