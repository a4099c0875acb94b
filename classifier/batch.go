package classifier

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"

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
	r.work, r.weights = g.Model.MultiplyAdds(), weightsOf(g.Model)
	if n := g.Model.Mixes(); n != nil {
		return "the operator " + n.Label() + " computes over the whole batch"
	}
	return ""
}

func weightsOf(m *canonical.Model) int64 {
	_, weights := canonical.Bytes(m.Model)
	return weights
}

var failingNode = regexp.MustCompile(`Name:'([^']+)'`)

// builtIn says where the graph insists on its batch.
func builtIn(err error) string {
	if m := failingNode.FindStringSubmatch(err.Error()); m != nil {
		return "the exporter built the batch into node " + m[1]
	}
	return err.Error()
}

// difference says how far outputs lie apart, as shares of their spread.
func difference(worst, allowed float64) string {
	if worst == 0 {
		return "no difference at all"
	}
	return fmt.Sprintf("largest difference %s of their spread, %s allowed", share(worst), share(allowed))
}

// share is a fraction as a percentage of one significant digit, without an exponent: 3.1e-7 is "0.00003 %".
func share(fraction float64) string {
	rounded, err := strconv.ParseFloat(fmt.Sprintf("%.0e", 100*fraction), 64)
	if err != nil {
		return fmt.Sprint(fraction)
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64) + " %"
}

// Some exports take one image without a batch, [3, H, W] or [H, W, 3]. They are given a batch of
// one: the input gets a first dimension of 1, which a Squeeze takes off again.

// isSingle reports whether a value is one image without a batch: of three dimensions, the
// first or last of which is that of the channels.
func isSingle(v *onnx.Value) bool {
	return v.IsTensor() && v.HasShape && len(v.Shape) == 3 && (isChannels(v.Shape[0]) || isChannels(v.Shape[2]))
}

// addBatch gives a model of single images an input of a batch of one, and leaves others
// alone. It changes m, and returns the declaration of the input that it replaced.
func addBatch(m *onnx.Model) *onnx.Value {
	g, required := m.Graph, m.Graph.RequiredInputs()
	if len(required) != 1 || !isSingle(required[0]) {
		return nil
	}
	e, single := g.Edit(), required[0]
	batched := onnx.NewValue(e.Fresh(single.Name+"_batch"), single.Type, 1)
	batched.Shape = append(batched.Shape, single.Shape...)
	g.Inputs[slices.Index(g.Inputs, single)] = batched
	squeeze := onnx.NewNode("Squeeze", []string{batched.Name}, []string{single.Name}, onnx.IntsAttr("axes", 0))
	if m.Opset("") >= 13 {
		squeeze.Inputs, squeeze.Attributes = append(squeeze.Inputs, e.Constant(single.Name+"_first", onnx.IntTensor("", []int64{0}, 1))), nil
	}
	g.Nodes = slices.Insert(g.Nodes, 0, squeeze)
	return single
}
