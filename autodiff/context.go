package autodiff

import (
	"fmt"
	"slices"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// A Context is what a rule works with: the node, what is known of its tensors, and
// the graph it adds nodes to. Methods that emit return the name of the result. The
// first error is kept; after it they do nothing. It has many methods, because an
// operator that rules emit is one of them.
type Context struct {
	Node *onnx.Node
	tape *tape
	hint string
	err  error

	isRelevance bool // what was passed is relevance itself (see Relevance)
}

// In and Out return names of the node's inputs and outputs, "" if left out.
func (x *Context) In(i int) string { return x.Node.Input(i) }

// Out returns the name of output i.
func (x *Context) Out(i int) string {
	if i < len(x.Node.Outputs) {
		return x.Node.Outputs[i]
	}
	return ""
}

// Grad returns the gradient with respect to output i, "" when there is none.
func (x *Context) Grad(i int) string { return x.tape.sum(x.Out(i)) }

// Wanted reports whether input i needs a gradient.
func (x *Context) Wanted(i int) bool { return x.In(i) != "" && x.tape.wanted[x.In(i)] }

// Pass gives input i a gradient, of its shape.
func (x *Context) Pass(i int, gradient string) {
	if x.err == nil && x.Wanted(i) && gradient != "" {
		x.tape.parts[x.In(i)] = append(x.tape.parts[x.In(i)], gradient)
	}
}

// Shape returns the shape of a forward tensor, or fails.
func (x *Context) Shape(name string) canonical.Shape {
	s := x.tape.model.Types[name].Shape
	if s == nil && x.err == nil {
		x.err = fmt.Errorf("the shape of %s is not known; export the model with a fixed height and width", name)
	}
	return s
}

// Ints returns the values of a constant input, or fails.
func (x *Context) Ints(i int) []int64 {
	t := x.tape.model.Constants[x.In(i)]
	if t == nil {
		x.fail("input %d, %q, is computed; only a constant one can be differentiated", i, x.In(i))
		return nil
	}
	v, err := t.Int64s()
	if err != nil {
		x.fail("input %d: %w", i, err)
	}
	return v
}

// Constant returns an initialiser, of the model or emitted, or nil.
func (x *Context) Constant(name string) *onnx.Tensor {
	if t := x.tape.emitted[name]; t != nil {
		return t
	}
	return x.tape.model.Constants[name]
}

// Axis returns the node's axis within a rank, or fails.
func (x *Context) Axis(fallback int64, rank int) int {
	return x.axis(x.Node.Int("axis", fallback), rank)
}

// axis makes a possibly negative axis of a tensor of the given rank positive, or
// fails.
func (x *Context) axis(axis int64, rank int) int {
	if axis < 0 {
		axis += int64(rank)
	}
	if axis < 0 || axis >= int64(rank) {
		x.fail("axis %d is outside a tensor of rank %d", axis, rank)
		return 0
	}
	return int(axis)
}

// fit fails unless a condition holds that the node's tensors and attributes meet in
// every well-formed model. It reports whether the rule may go on: whether nothing
// has failed so far.
func (x *Context) fit(holds bool, format string, args ...any) bool {
	if !holds {
		x.fail("the node is malformed: "+format, args...)
	}
	return x.err == nil
}

// maxMatrix is the most elements of a matrix that picks or interpolates.
const maxMatrix = 1 << 23

func (x *Context) fail(format string, args ...any) {
	if x.err == nil {
		x.err = fmt.Errorf(format, args...)
	}
}

// Do emits a node.
func (x *Context) Do(op string, inputs ...string) string { return x.Emit(op, inputs) }

// Emit emits a node with attributes.
func (x *Context) Emit(op string, inputs []string, attributes ...*onnx.Attribute) string {
	return x.emit(onnx.NewNode(op, inputs, nil, attributes...), 1)[0]
}

// emit gives n fresh outputs and appends it.
func (x *Context) emit(n *onnx.Node, outputs int) []string {
	if x.err != nil {
		return make([]string, outputs)
	}
	return x.tape.edit.Append(x.hint+"_"+n.Op, n, outputs)
}

// Num adds a float32 scalar.
func (x *Context) Num(v float64) string { return x.Floats([]float32{float32(v)}) }

// Floats adds a float32 constant; without dims it is a scalar.
func (x *Context) Floats(values []float32, dims ...int64) string {
	return x.add("_constant", onnx.FloatTensor("", values, dims...))
}

// Vector adds an int64 vector.
func (x *Context) Vector(values ...int64) string {
	return x.add("_ints", onnx.IntTensor("", values, int64(len(values))))
}

func (x *Context) add(kind string, t *onnx.Tensor) string {
	name := x.tape.edit.Constant(x.hint+kind, t)
	x.tape.emitted[name] = t
	return name
}

// Mul and the like are shorthands.
func (x *Context) Mul(a, b string) string { return x.Do("Mul", a, b) }

// Scale multiplies by a number.
func (x *Context) Scale(a string, by float64) string {
	if by == 1 {
		return a
	}
	return x.Do("Mul", a, x.Num(by))
}

// Reshape emits a Reshape to a shape with at most one dimension of the batch.
func (x *Context) Reshape(a string, to canonical.Shape) string { return x.reshape(a, nil, to) }

// reshape is Reshape of a tensor whose shape may be known: where its first
// dimension stays, the graph says so, and runtimes can tell that it is the batch.
func (x *Context) reshape(a string, from, to canonical.Shape) string {
	target, ok := to.Target()
	if !ok {
		x.fail("a gradient cannot be brought to the shape %v", to)
		return ""
	}
	if len(from) > 0 && len(to) > 0 && from[0] == to[0] {
		target[0] = 0
	}
	return x.Do("Reshape", a, x.Vector(target...))
}

// Transpose emits a Transpose unless perm changes nothing.
func (x *Context) Transpose(a string, perm []int64) string {
	if slices.IsSorted(perm) {
		return a
	}
	return x.Emit("Transpose", []string{a}, onnx.IntsAttr("perm", perm...))
}

// SumTo undoes broadcasting: it sums a gradient of shape from over what was
// repeated to make it of shape to.
func (x *Context) SumTo(g string, from, to canonical.Shape) string {
	if from.Equal(to) || g == "" || from == nil || to == nil {
		return g
	}
	lead := len(from) - len(to)
	var axes []int64
	for i, d := range from {
		if i < lead || (to[i-lead] == 1 && d != 1) {
			axes = append(axes, int64(i))
		}
	}
	if len(axes) > 0 {
		g = x.Emit("ReduceSum", []string{g, x.Vector(axes...)}, onnx.IntAttr("keepdims", 1))
	}
	if lead > 0 {
		g = x.Reshape(g, to)
	}
	return g
}

// Slice emits a Slice of the given axes with steps of 1.
func (x *Context) Slice(a string, starts, ends, axes []int64) string {
	steps := slices.Repeat([]int64{1}, len(axes))
	return x.Do("Slice", a, x.Vector(starts...), x.Vector(ends...), x.Vector(axes...), x.Vector(steps...))
}
