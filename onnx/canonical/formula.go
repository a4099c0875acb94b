package canonical

import "github.com/sightline/sightline/onnx"

// A formula emits nodes that spell an operator out; the first error is kept and
// stops it.
type formula struct {
	b    *builder
	hint string
	like string // tensor whose element type its numbers have
	err  error
}

// spell starts a formula for what n computes.
func (b *builder) spell(n *onnx.Node) *formula {
	return &formula{b: b, hint: n.Outputs[0], like: n.Input(0)}
}

// do emits one node and returns its result's name.
func (f *formula) do(op string, inputs ...string) string {
	return f.with(op, inputs)
}

// with is do with attributes.
func (f *formula) with(op string, inputs []string, attributes ...*onnx.Attribute) string {
	if f.err != nil {
		return ""
	}
	out, err := f.b.op(op, f.hint, inputs, attributes...)
	f.err = err
	return out
}

// num returns a scalar constant.
func (f *formula) num(v float64) string { return f.b.scalar(f.hint+"_number", v, f.like) }

// mean is ReduceMean over axes, which are kept.
func (f *formula) mean(x string, axes ...int64) string {
	return f.do("ReduceMean", x, f.b.ints(f.hint+"_axes", axes...))
}

// end makes name the result of the node that is spelled out.
func (f *formula) end(n *onnx.Node, name string) error {
	if f.err != nil {
		return f.err
	}
	return f.b.is(n, name)
}
