package classifier

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"time"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// Tolerances of comparing two runs of one model, relative to the spread of its
// outputs over the probes: the runtime chooses other kernels for other batch
// lengths, which round differently. Half precision rounds 2¹³ times coarser; in an
// int8 graph one rounding difference moves a value by a whole step.
const (
	tolerance          = 1e-4
	toleranceFloat16   = 4e-3
	toleranceQuantised = 3e-2
)

// toleranceFor picks the tolerance by what the graph computes in. A graph that
// quantises dynamically gets no allowance: there the step depends on the whole
// batch, so samples would influence each other.
func toleranceFor(m *onnx.Model) float64 {
	tol := tolerance
	for _, v := range m.Graph.RequiredInputs() {
		if v.Type == onnx.Float16 {
			tol = toleranceFloat16
		}
	}
	for _, t := range m.Graph.Initializers {
		if t.Type == onnx.Float16 || t.Type == onnx.BFloat16 {
			tol = max(tol, toleranceFloat16)
		}
	}
	for _, n := range m.Graph.Nodes {
		switch n.Op {
		case "DynamicQuantizeLinear", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM":
			return tolerance
		case "QuantizeLinear", "QLinearConv", "QGemm", "QLinearMatMul":
			tol = toleranceQuantised
		}
	}
	return tol
}

// differ returns the largest difference between two lists of outputs, relative to
// the spread of the first.
func differ(want, got [][]float32) float64 {
	if len(want) != len(got) {
		return math.Inf(1)
	}
	low, high, worst := math.Inf(1), math.Inf(-1), 0.0
	for i := range want {
		if len(want[i]) != len(got[i]) {
			return math.Inf(1)
		}
		for j, v := range want[i] {
			low, high = math.Min(low, float64(v)), math.Max(high, float64(v))
			if d := math.Abs(float64(v) - float64(got[i][j])); d > worst || d != d {
				worst = d
			}
		}
	}
	spread := math.Max(high-low, 1e-6)
	return worst / spread
}

// batch decides s.Batch: no operator may compute over the batch, and the graph, run on the
// probes as one batch, as it is or rewritten, must give what the file gave one by one.
func (r *reading) batch(ctx context.Context) error {
	s := r.spec
	s.Batch.Mode, s.Batch.Fixed = Dynamic, 0
	if r.fixed > 0 {
		s.Batch.Mode = Rewritten
	}
	tol := toleranceFor(r.model)
	extremes, err := r.extremes(ctx)
	if err != nil {
		return err
	}
	worst, err := r.tryBatch(ctx, extremes)
	reason := r.overBatch()
	switch {
	case reason != "":
	case err != nil:
		reason = builtIn(err)
	case !(worst <= tol):
		reason = fmt.Sprintf("outputs differ by %s of their spread, %s allowed", share(worst), share(tol))
	}
	same := fmt.Sprintf("the same outputs for %d images at once as one by one (%s)", probes+len(extremes), difference(worst, tol))
	switch {
	case reason != "":
		r.keepBatch(ctx, extremes, tol, reason)
	case r.fixed > 0:
		s.Batch.Note = fmt.Sprintf("exported for a batch of %d; rewritten to any batch, which gives %s", r.fixed, same)
	default:
		s.Batch.Note = "any batch gives " + same
	}
	s.set("batch", string(s.Batch.Mode), s.Batch.Note)
	return ctx.Err()
}

// keepBatch leaves the model its own batch, or one of a single image. Where even in its own
// batch images change each other's outputs, each runs alone, repeated.
func (r *reading) keepBatch(ctx context.Context, extremes []extreme, tol float64, reason string) {
	b := &r.spec.Batch
	b.Mode, b.Fixed = Fixed, max(1, r.fixed)
	b.Note = fmt.Sprintf("runs at a batch of %d: several images at once do not give the results of single images (%s)", b.Fixed, reason)
	if b.Fixed == 1 {
		return
	}
	if worst, err := r.tryBatch(ctx, extremes); err != nil || !(worst <= tol) {
		b.Alone = true
		b.Note += ", not even in the model's own batch: each runs alone, repeated"
	}
}

// overBatch names the operator that computes over the batch, "" where none is found.
func (r *reading) overBatch() string {
	g, err := r.spec.rewritten(r.model.Copy(), canonical.Options{Numbers: true, Partial: true})
	if err != nil {
		return "" // the trial alone must tell
	}
	if n := g.Model.Mixes(); n != nil {
		return "the operator " + n.Label() + " computes over the whole batch"
	}
	return ""
}

var failingNode = regexp.MustCompile(`Name:'([^']+)'`)

// builtIn says where the graph insists on its batch.
func builtIn(err error) string {
	if m := failingNode.FindStringSubmatch(err.Error()); m != nil {
		return "the exporter built the batch into node " + m[1]
	}
	return err.Error()
}

// What is measured for, and recommended without measuring.
const (
	defaultBudget = 2 * time.Second
	defaultBatch  = 8
)

// recommend measures a good batch length, unless told not to.
func (r *reading) recommend(ctx context.Context) error {
	s, o := r.spec, r.options
	switch {
	case s.Batch.Mode == Fixed:
		s.Batch.Recommended = s.Batch.Fixed
		return nil
	case o.MeasureFor < 0:
		s.Batch.Recommended = defaultBatch
		return nil
	case o.MeasureFor == 0:
		o.MeasureFor = defaultBudget
	}
	c, err := Open(s, o.Threads)
	if err != nil {
		return err
	}
	defer c.Close()
	c.Watch(o.Watch)
	s.Batch.Recommended, err = c.MeasureBatch(ctx, o.MeasureFor)
	return err
}

// candidateBatches are the lengths that are measured.
var candidateBatches = []int{1, 2, 4, 8, 16, 32}

// slowRun is the time from which longer batches are not tried.
const slowRun = time.Second / 2

// MeasureBatch returns the batch length, of 1 to 32, with the most samples per
// second on this machine. All lengths are run in turn until the budget is spent,
// at least once, and the fastest run of each counts, so that other load matters
// little; a longer batch must be 5 % faster to be preferred. A model of fixed batch
// has its own.
func (c *Classifier) MeasureBatch(ctx context.Context, budget time.Duration) (int, error) {
	if c.spec.Batch.Mode == Fixed {
		return c.spec.Batch.Fixed, nil
	}
	lengths := candidateBatches
	best := make([]time.Duration, len(lengths))  // per sample; 0 is not measured
	if _, err := c.timeRun(ctx, 1); err != nil { // the first run allocates
		return 1, fmt.Errorf("run a sample: %w", err)
	}
	start := time.Now()
	for round := 0; round == 0 || time.Since(start) < budget && round < 10; round++ {
		for i, n := range lengths {
			took, err := c.timeRun(ctx, n)
			if err != nil {
				return 1, fmt.Errorf("measure a batch of %d: %w", n, err)
			}
			if per := took / time.Duration(n); best[i] == 0 || per < best[i] {
				best[i] = per
			}
			if took > slowRun {
				lengths = lengths[:i+1]
				break
			}
		}
	}
	return fastest(lengths, best), nil
}

func (c *Classifier) timeRun(ctx context.Context, n int) (time.Duration, error) {
	input := make([]float32, n*c.InputLen())
	start := time.Now()
	_, err := c.runPiece(ctx, input, n)
	return time.Since(start), err
}

func fastest(lengths []int, perSample []time.Duration) int {
	choice := 0
	for i := range lengths {
		if float64(perSample[i]) < 0.95*float64(perSample[choice]) {
			choice = i
		}
	}
	return lengths[choice]
}
