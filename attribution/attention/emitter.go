package attention

import (
	"github.com/sightline/sightline/onnx"
)

// emitter appends nodes to a graph that a method owns. Its methods return the name of
// the result.
type emitter struct{ *onnx.Editor }

func (e *emitter) do(op string, inputs ...string) string { return e.with(op, inputs) }

// with is do with attributes.
func (e *emitter) with(op string, inputs []string, attributes ...*onnx.Attribute) string {
	return e.Emit("map_"+op, op, inputs, attributes...)
}

func (e *emitter) constant(t *onnx.Tensor) string {
	return e.Constant("map_constant", t)
}

func (e *emitter) number(v float32) string { return e.constant(onnx.FloatTensor("", []float32{v})) }

func (e *emitter) ints(v ...int64) string {
	return e.constant(onnx.IntTensor("", v, int64(len(v))))
}

func (e *emitter) reshape(a string, to ...int64) string { return e.do("Reshape", a, e.ints(to...)) }

func (e *emitter) unsqueeze(a string, axis int64) string { return e.do("Unsqueeze", a, e.ints(axis)) }

// cast turns truth values into 0 and 1.
func (e *emitter) cast(a string) string {
	return e.with("Cast", []string{a}, onnx.IntAttr("to", int64(onnx.Float32)))
}

// over reduces one axis. In the dialect's operator set every reduction takes its
// axes as an input.
func (e *emitter) over(op, a string, axis, keep int64) string {
	return e.with(op, []string{a, e.ints(axis)}, onnx.IntAttr("keepdims", keep))
}

// output declares a float32 output.
func (e *emitter) output(name string) {
	e.Graph.Outputs = append(e.Graph.Outputs, &onnx.Value{Name: name, Type: onnx.Float32})
}
