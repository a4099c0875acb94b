package testkit

import (
	"testing"
	"time"

	"github.com/sightline/sightline/attribution"
)

// Ratio runs two things in turn and reports their times' ratio, each the fastest of
// its runs, so that a busy machine disturbs both alike.
func Ratio(b *testing.B, unit string, above, below func() error) {
	b.Helper()
	fastest := [2]time.Duration{}
	measure := func(k int, f func() error) {
		started := time.Now()
		if err := f(); err != nil {
			b.Fatal(err)
		}
		if took := time.Since(started); fastest[k] == 0 || took < fastest[k] {
			fastest[k] = took
		}
	}
	for _, f := range []func() error{above, below} { // warm up
		if err := f(); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		measure(0, above)
		measure(1, below)
	}
	b.ReportMetric(float64(fastest[0])/float64(fastest[1]), unit)
	b.ReportMetric(float64(fastest[1].Microseconds())/1000, "below-ms")
}

// EightInputs are requests for maps of eight different inputs.
func EightInputs(s attribution.Scorer) ([]attribution.Request, []float32) {
	var rs []attribution.Request
	var inputs []float32
	for i := range 8 {
		r := Wavy(s, 0)
		for k := range r.Input {
			r.Input[k] += float32(i) * 0.01
		}
		rs, inputs = append(rs, r), append(inputs, r.Input...)
	}
	return rs, inputs
}
