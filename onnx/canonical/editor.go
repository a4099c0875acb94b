package canonical

import "github.com/sightline/sightline/onnx"

// An Editor adds nodes to a model in canonical form and records the types of what
// they give, as far as they can be told. The model's maps of types and constants
// change with it.
type Editor struct {
	*onnx.Editor
	b *builder
}

// Edit returns an editor of the model.
func (m *Model) Edit() *Editor {
	b := newBuilder(Opset)
	b.types, b.constants = m.Types, m.Constants
	return &Editor{m.Graph.Edit(), b}
}

// Shape returns what is known of a tensor's shape, nil if nothing.
func (e *Editor) Shape(name string) Shape { return e.b.shape(name) }

// Emit is [onnx.Editor.Emit]; what cannot be told of the result is left unknown.
func (e *Editor) Emit(prefix, op string, inputs []string, attributes ...*onnx.Attribute) string {
	out := e.Editor.Emit(prefix, op, inputs, attributes...)
	e.b.infer(e.Graph.Nodes[len(e.Graph.Nodes)-1])
	return out
}

// Constant is [onnx.Editor.Constant].
func (e *Editor) Constant(prefix string, t *onnx.Tensor) string {
	e.Editor.Constant(prefix, t)
	return e.b.add(t)
}
