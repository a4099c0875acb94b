package classifier

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"time"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
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

// batch decides s.Batch: the graph is run on the probes as one batch, as it is or
// rewritten, and must give what the file gave one by one.
func (r *reading) batch(ctx context.Context) error {
	s := r.spec
	s.Batch.Mode, s.Batch.Fixed = Dynamic, 0
	if r.fixed > 0 {
		s.Batch.Mode = Rewritten
	}
	tol := toleranceFor(r.model)
	worst, err := r.tryBatch(ctx)
	switch {
	case err == nil && worst <= tol && r.fixed > 0:
		s.Batch.Note = fmt.Sprintf("exported for a batch of %d; rewritten to any batch, which gives the same outputs for three images at once as one by one (largest difference %.1e of their spread, %.0e allowed)", r.fixed, worst, tol)
	case err == nil && worst <= tol:
		s.Batch.Note = fmt.Sprintf("any batch; three images at once give the same outputs as one by one (largest difference %.1e of their spread, %.0e allowed)", worst, tol)
	default:
		s.Batch.Mode, s.Batch.Fixed = Fixed, max(1, r.fixed)
		reason := fmt.Sprintf("outputs differ by %.1e of their spread, %.0e allowed", worst, tol)
		if err != nil {
			reason = builtIn(err)
		}
		s.Batch.Note = fmt.Sprintf("runs at a batch of %d: a batch of three does not give the results of single images (%s)", s.Batch.Fixed, reason)
	}
	s.set("batch", string(s.Batch.Mode), s.Batch.Note)
	return nil
}

// tryBatch runs the probes as one batch and returns the largest difference, output by
// output.
func (r *reading) tryBatch(ctx context.Context) (worst float64, err error) {
	session, err := r.spec.plan().open(r.model.Copy(), r.spec.Input.Name, 1)
	if err != nil {
		return 0, err
	}
	defer session.Close()
	var raw []*ort.Tensor
	err = r.options.Watch.run(ctx, r.spec.usual(probes), func(ctx context.Context) (err error) {
		raw, err = runSession(ctx, session, r.spec.Input, r.probes, probes, 0)
		return err
	})
	if err != nil {
		return 0, err
	}
	for i, t := range raw {
		values := t.Floats()
		per := len(values) / probes
		var got [][]float32
		for j := range probes {
			got = append(got, values[j*per:(j+1)*per])
		}
		worst = max(worst, differ(r.taken[i], got))
	}
	return worst, nil
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
