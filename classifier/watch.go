package classifier

import (
	"context"
	"math"
	"time"
)

// A Watch runs what it is given, which is one call of the runtime, and may end the context
// that it gives it where that takes too long. usual is how long such a run took when the
// model was tried, 0 where that is not known or is too short to matter. The error is run's,
// or says that the run was ended.
type Watch func(ctx context.Context, usual time.Duration, run func(context.Context) error) error

// Watch has every later run of the model, and of programs made of it, watched.
func (c *Classifier) Watch(w Watch) { c.watch = w }

func (w Watch) run(ctx context.Context, usual time.Duration, run func(context.Context) error) error {
	if w == nil {
		return run(ctx)
	}
	return w(ctx, usual, run)
}

// shortSample is the time per sample below which none is kept: it differs from one trial
// to the next, and the specification should not.
const shortSample = 50 * time.Millisecond

// timed keeps how long a sample took, in one figure.
func (b *Batch) timed(perSample time.Duration) {
	if perSample < shortSample {
		return
	}
	step := math.Pow(10, math.Floor(math.Log10(perSample.Seconds())))
	b.SampleSeconds = math.Ceil(perSample.Seconds()/step) * step
}

// usual is how long a run of n samples took when the model was tried.
func (s *Spec) usual(n int) time.Duration {
	return time.Duration(s.Batch.SampleSeconds * float64(n) * float64(time.Second))
}
