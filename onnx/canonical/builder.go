package canonical

import (
	"encoding/binary"
	"math"

	"github.com/sightline/sightline/onnx"
)

// A builder holds the canonical graph under construction. It has many methods,
// because an operator that is lowered in a way of its own is one of them.
type builder struct {
	opset     int64 // of the model that is read
	lowerings map[string]lowering
	quantised map[string]lowering // those of lowerings that dequantise what they read
	graph     *onnx.Graph
	edit      *onnx.Editor // of graph
	types     map[string]Type
	constants map[string]*onnx.Tensor
	symbols   map[string]symbols      // values that depend on the batch only
	alias     map[string]string       // names that are another tensor now
	producer  map[string]*onnx.Node   // emitted nodes by output
	uses      map[string]int          // how often the original graph reads a name
	whole     map[string]string       // int32 results that exist as float32 too
	weights   map[string]*onnx.Tensor // dequantised constants, which nodes compute
	numbers   map[string]string       // of bytes that nothing writes: the float32 tensor with their values
	written   map[string]bool         // names the original graph has given so far
	partial   bool                    // what cannot be rewritten is kept
	contrib   bool                    // a com.microsoft operator was kept
}

func newBuilder(opset int64) *builder {
	graph := &onnx.Graph{Name: "canonical"}
	return &builder{opset: opset, lowerings: lowerings, quantised: quantisations, graph: graph, edit: graph.Edit(), types: map[string]Type{},
		constants: map[string]*onnx.Tensor{}, symbols: map[string]symbols{}, alias: map[string]string{},
		producer: map[string]*onnx.Node{}, uses: map[string]int{}, whole: map[string]string{}, weights: map[string]*onnx.Tensor{},
		numbers: map[string]string{}, written: map[string]bool{}}
}

// countUses counts readers and notes the names that are taken.
func (b *builder) countUses(g *onnx.Graph) {
	for _, n := range g.Nodes {
		for _, in := range n.Inputs {
			b.uses[in]++
		}
		b.edit.Take(n.Inputs...)
		b.edit.Take(n.Outputs...)
		for _, sub := range n.Subgraphs() {
			b.countUses(sub)
		}
	}
	for _, out := range g.Outputs {
		b.uses[out.Name] += 2 // an output's value must stay as it is
		b.edit.Take(out.Name)
	}
}

// resolve follows aliases.
func (b *builder) resolve(name string) string {
	for {
		next, ok := b.alias[name]
		if !ok {
			return name
		}
		name = next
	}
}

// define makes name a constant; float16 becomes float32. What has no name cannot be
// read and is left out.
func (b *builder) define(name string, t *onnx.Tensor) error {
	if name == "" {
		return nil
	}
	if _, err := t.Elements(); err != nil {
		return err
	}
	c := *t
	c.Name = name
	if w := widened(t.Type); w != t.Type {
		values, err := t.Floats()
		if err != nil {
			return err
		}
		c = *onnx.FloatTensor(name, values, t.Dims...)
	}
	b.edit.Take(name)
	b.written[name] = true
	b.constants[name] = &c
	b.types[name] = Type{c.Type, append(Shape{}, c.Dims...)}
	return nil
}

// ints adds an int64 vector and returns its name.
func (b *builder) ints(hint string, values ...int64) string {
	return b.add(onnx.IntTensor(b.edit.Fresh(hint), values, int64(len(values))))
}

// scalar adds a scalar of the element type of like.
func (b *builder) scalar(hint string, v float64, like string) string {
	return b.add(number(b.edit.Fresh(hint), v, b.types[like].Elem))
}

// number makes a scalar tensor of a numeric type, float32 by default.
func number(name string, v float64, t onnx.DataType) *onnx.Tensor {
	switch t {
	case onnx.Float64:
		return &onnx.Tensor{Name: name, Type: t, Raw: binary.LittleEndian.AppendUint64(nil, math.Float64bits(v))}
	case onnx.Int64:
		return onnx.IntTensor(name, []int64{int64(v)})
	case onnx.Int32, onnx.Uint32:
		return &onnx.Tensor{Name: name, Type: t, Raw: binary.LittleEndian.AppendUint32(nil, uint32(int32(v)))}
	case onnx.Int8, onnx.Uint8:
		return &onnx.Tensor{Name: name, Type: t, Raw: []byte{byte(int(v))}}
	}
	return onnx.FloatTensor(name, []float32{float32(v)})
}

// add makes t, which has a fresh name, a constant.
func (b *builder) add(t *onnx.Tensor) string {
	b.constants[t.Name] = t
	b.types[t.Name] = Type{t.Type, append(Shape{}, t.Dims...)}
	return t.Name
}

// emit appends a canonical node, infers what it gives, and evaluates it where
// that can be done now: then no node is needed.
func (b *builder) emit(n *onnx.Node) error {
	if err := b.complete(n); err != nil {
		return err
	}
	if done, err := b.evaluate(n); err != nil || done {
		return err
	}
	if infer := inference[n.Op]; infer != nil && !b.symbolic(n) {
		if err := infer(b, n); err != nil {
			return err
		}
	}
	for _, out := range n.Outputs {
		if out != "" {
			b.producer[out] = n
		}
	}
	b.contrib = b.contrib || n.Domain == "com.microsoft"
	b.graph.Nodes = append(b.graph.Nodes, n)
	return nil
}

// symbolic reports whether evaluation learned what n gives, though it needs the
// batch: its type is then known too.
func (b *builder) symbolic(n *onnx.Node) bool {
	_, ok := b.symbols[n.Outputs[0]]
	return ok
}

// op emits a node with one fresh output, whose name it returns.
func (b *builder) op(op, hint string, inputs []string, attributes ...*onnx.Attribute) (string, error) {
	out := b.edit.Fresh(hint + "_" + op)
	return out, b.emit(onnx.NewNode(op, inputs, []string{out}, attributes...))
}

// intValues returns the values of a constant, false when it is none.
func (b *builder) intValues(name string) ([]int64, bool) {
	t := b.constants[name]
	if t == nil {
		return nil, false
	}
	v, err := t.Int64s()
	return v, err == nil
}

// shape returns what is known of a tensor's shape, nil if nothing.
func (b *builder) shape(name string) Shape { return b.types[name].Shape }
