package canonical

import (
	"fmt"
	"maps"

	"github.com/sightline/sightline/onnx"
)

// The operator set of the dialect.
const Opset = 18

// Oldest and newest operator sets that are read.
const (
	OldestOpset = 7
	NewestOpset = 24
)

// Options of a rewriting. The zero value takes every shape from the model.
type Options struct {
	// Shape is the shape to specialise the input to, for models that leave more
	// than the batch free. Its first entry may be -1; nil keeps the declared
	// shape.
	Shape []int64
	// Numbers makes an input of uint8 one of float32 whose values stand for the bytes:
	// the whole numbers 0 to 255 give what the model gives, and a slope leads from
	// the scores to the input, over the Cast or the scale behind it.
	Numbers bool
	// Partial keeps nodes that cannot be rewritten, of unknown results: such a model is
	// to be looked at, not to be run.
	Partial bool
}

// A Model is a canonical model and what is known of its tensors.
type Model struct {
	*onnx.Model
	// Types of every tensor, initialisers and inputs included. What is unknown
	// is absent, or has a nil Shape.
	Types map[string]Type
	// Constants are the tensors whose value is known, by name: initialisers, and
	// weights that DequantizeLinear makes of initialisers.
	Constants map[string]*onnx.Tensor
}

// Rewrite returns m in canonical form. Names of inputs and outputs stay; m is not
// changed, but weights are shared with it. The model's external data is loaded.
// Errors name the node that could not be rewritten.
func Rewrite(m *onnx.Model, o Options) (*Model, error) {
	opset := m.Opset("")
	if opset < OldestOpset || opset > NewestOpset {
		return nil, fmt.Errorf("opset %d is outside %d to %d; export the model with opset_version=17", opset, OldestOpset, NewestOpset)
	}
	if len(m.Functions) > 0 {
		whole := *m
		if err := whole.Inline(); err != nil {
			return nil, fmt.Errorf("the model defines functions of its own, which cannot be put in place of their calls: %w", err)
		}
		m = &whole
	}
	b := newBuilder(opset)
	b.partial = o.Partial
	if err := b.begin(m, o); err != nil {
		return nil, err
	}
	b.countUses(m.Graph)
	if err := b.nodes(m.Graph.Nodes); err != nil {
		return nil, err
	}
	return b.finish(m)
}

// maxInput is the most values one sample may have.
const maxInput = 1 << 31

// begin takes over initialisers and inputs.
func (b *builder) begin(m *onnx.Model, o Options) error {
	for _, t := range m.Graph.Initializers {
		if err := m.LoadExternal(t); err != nil {
			return fmt.Errorf("load the weights: %w", err)
		}
		if err := b.define(t.Name, t); err != nil {
			return err
		}
	}
	inputs := m.Graph.RequiredInputs()
	for i, in := range inputs {
		shape := declared(in)
		if i == 0 && o.Shape != nil {
			shape = append(Shape{}, o.Shape...)
		}
		if n, ok := product(shape); !ok || max(n, -n) > maxInput {
			return fmt.Errorf("input %s has the shape %v; images are smaller", in.Name, shape)
		}
		v := &onnx.Value{Name: in.Name, Type: widened(in.Type), HasShape: shape != nil}
		for _, d := range shape {
			dim := onnx.Dim{Size: d}
			if d < 0 {
				dim = onnx.Dim{Size: -1, Param: "batch"}
			}
			v.Shape = append(v.Shape, dim)
		}
		standing := o.Numbers && v.Type == onnx.Uint8
		if standing {
			v.Type = onnx.Float32
		}
		b.graph.Inputs = append(b.graph.Inputs, v)
		b.types[in.Name] = Type{v.Type, shape}
		b.written[in.Name] = true
		if standing {
			numbers, err := b.op("Identity", in.Name, []string{in.Name})
			if err != nil {
				return err
			}
			b.standFor(in.Name, numbers, in.Type)
		}
	}
	return nil
}

// declared returns an input's shape: a free first dimension is the batch. Other
// free dimensions make it unknown.
func declared(v *onnx.Value) Shape {
	if !v.HasShape {
		return nil
	}
	s := Shape{}
	for i, d := range v.Shape {
		switch {
		case d.Fixed():
			s = append(s, d.Size)
		case i == 0:
			s = append(s, -1)
		default:
			return nil
		}
	}
	return s
}

// widened is the element type the dialect uses for t.
func widened(t onnx.DataType) onnx.DataType {
	if t == onnx.Float16 || t == onnx.BFloat16 {
		return onnx.Float32
	}
	return t
}

// nodes rewrites a list of nodes in order.
func (b *builder) nodes(list []*onnx.Node) error {
	for _, n := range list {
		if err := b.ordered(n); err != nil {
			return fmt.Errorf("rewrite node %s: %w", n.Label(), err)
		}
		c := *n
		c.Inputs = make([]string, len(n.Inputs))
		for i, in := range n.Inputs {
			c.Inputs[i] = b.resolve(in)
		}
		err := b.lower(&c)
		if err != nil && b.partial {
			b.graph.Nodes, err = append(b.graph.Nodes, &c), nil
		}
		if err != nil {
			return fmt.Errorf("rewrite node %s: %w", n.Label(), err)
		}
	}
	return nil
}

// finish makes the model of what was emitted: outputs under their own names, no
// node or weight that nothing reads.
func (b *builder) finish(m *onnx.Model) (*Model, error) {
	names := make([]string, len(m.Graph.Outputs))
	for i, out := range m.Graph.Outputs {
		names[i] = out.Name
		from := b.resolve(out.Name)
		if b.numbers[from] != "" {
			var err error
			if from, err = b.asBytes(from); err != nil {
				return nil, err
			}
		}
		if from != out.Name || b.constants[out.Name] != nil {
			b.rename(from, out.Name)
		}
		t := b.types[out.Name]
		v := &onnx.Value{Name: out.Name, Type: t.Elem}
		if t.Elem == onnx.Undefined {
			v.Type = widened(out.Type)
		}
		b.graph.Outputs = append(b.graph.Outputs, v)
	}
	b.graph.KeepOutputs(names...)
	b.keepRead()
	out := &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: Opset}}, ProducerName: "sightline",
		Graph: b.graph, Metadata: m.Metadata}
	if b.contrib {
		out.Opsets = append(out.Opsets, onnx.Opset{Domain: "com.microsoft", Version: 1})
	}
	maps.Copy(b.constants, b.weights)
	return &Model{Model: out, Types: b.types, Constants: b.constants}, nil
}

// rename makes out a copy of the tensor from.
func (b *builder) rename(from, out string) {
	if t := b.constants[out]; t != nil && from == out {
		from = b.edit.Fresh(out + "_value")
		c := *t
		c.Name = from
		b.constants[from], b.types[from] = &c, b.types[out]
		delete(b.constants, out)
	}
	delete(b.alias, out)
	b.graph.Nodes = append(b.graph.Nodes, onnx.NewNode("Identity", []string{from}, []string{out}))
	b.types[out] = b.types[from]
}

// keepRead lists the constants that nodes read as initialisers, in the order of
// their first reading.
func (b *builder) keepRead() {
	listed := map[string]bool{}
	for _, n := range b.graph.Nodes {
		for _, in := range n.Inputs {
			if t := b.constants[in]; t != nil && !listed[in] {
				listed[in] = true
				b.graph.Initializers = append(b.graph.Initializers, t)
			}
		}
	}
}
