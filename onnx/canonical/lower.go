package canonical

import (
	"fmt"
	"maps"

	"github.com/sightline/sightline/onnx"
)

// A lowering emits the canonical form of one node, whose inputs are names of the
// new graph already. It may change n, which is a copy of the original's.
type lowering func(b *builder, n *onnx.Node) error

// lowerings lists the operators that are not canonical as they are, by family; a
// new one is a new entry and its function. Operators of other domains are listed
// with their domain.
var lowerings = merged(constants, activations, attentions, convolutions, layouts, mathematics, normalisations, quantisations)

// merged is one table of several, of which no two have the same operator.
func merged[T any](families ...map[string]T) map[string]T {
	all := map[string]T{}
	for _, family := range families {
		maps.Copy(all, family)
	}
	return all
}

var constants = map[string]lowering{
	"Constant": lowerConstant, "Identity": lowerIdentity, "Dropout": lowerDropout, "Cast": lowerCast,
	"CastLike": lowerCastLike, "If": lowerIf,
}

// lower emits the canonical form of n.
func (b *builder) lower(n *onnx.Node) error {
	if err := b.complete(n); err != nil {
		return err
	}
	if n.Is(n.Op) {
		n.Domain = ""
	}
	if done, err := b.lowerBytes(n); done || err != nil {
		return err
	}
	return b.lowerNumbers(n)
}

// lowerNumbers is lower for a node that reads tensors of the types that the original has.
func (b *builder) lowerNumbers(n *onnx.Node) error {
	if f := b.lowerings[key(n)]; f != nil {
		return f(b, n)
	}
	if len(n.Subgraphs()) > 0 {
		return fmt.Errorf("a graph inside %s is only understood where its condition is constant", n.Op)
	}
	return b.emit(n)
}

// is makes the node's output another name of the tensor from.
func (b *builder) is(n *onnx.Node, from string) error {
	b.point(n.Outputs[0], from)
	return nil
}

// point makes name another name of the tensor from, whose readers it adds.
func (b *builder) point(name, from string) {
	if name == from || name == "" { // what is written has no name, or is only passed on
		return
	}
	b.alias[name] = from
	b.uses[from] += b.uses[name] - 1
}

// becomes emits op with the node's own first output.
func (b *builder) becomes(n *onnx.Node, op string, inputs []string, attributes ...*onnx.Attribute) error {
	return b.emit(onnx.NewNode(op, inputs, n.Outputs[:1], attributes...))
}

func lowerConstant(b *builder, n *onnx.Node) error {
	g := onnx.Graph{Nodes: []*onnx.Node{n}}
	t := g.Index().Constant(n.Outputs[0])
	if t == nil {
		return fmt.Errorf("a constant that is sparse or text")
	}
	return b.define(n.Outputs[0], t)
}

func lowerIdentity(b *builder, n *onnx.Node) error { return b.is(n, n.Input(0)) }

// lowerDropout removes it: at inference, or with a ratio of 0, it does nothing. A
// mask that is asked
// for is made of true values by a node of its own.
func lowerDropout(b *builder, n *onnx.Node) error {
	training, ratio := n.Input(2), n.Input(1)
	if training != "" && !b.isZero(training) && !b.isZero(ratio) {
		return fmt.Errorf("it is in training mode; export the model in evaluation mode")
	}
	if len(n.Outputs) > 1 && b.uses[n.Outputs[1]] > 0 {
		mask := onnx.NewNode("Dropout", n.Inputs[:1], []string{b.edit.Fresh("dropped"), n.Outputs[1]})
		if err := b.emit(mask); err != nil {
			return err
		}
	}
	return b.is(n, n.Input(0))
}

// isZero reports whether a tensor is a constant of one zero.
func (b *builder) isZero(name string) bool {
	s, ok := b.symbolsOf(name)
	return ok && len(s.v) == 1 && s.v[0] == symbol{}
}

func lowerCast(b *builder, n *onnx.Node) error {
	to := widened(onnx.DataType(n.Int("to", 1)))
	if b.types[n.Input(0)].Elem == to {
		return b.is(n, n.Input(0))
	}
	if from := b.whole[n.Input(0)]; from != "" && to == onnx.Float32 {
		return b.is(n, from)
	}
	return b.becomes(n, "Cast", n.Inputs[:1], onnx.IntAttr("to", int64(to)))
}

func lowerCastLike(b *builder, n *onnx.Node) error {
	n.Attributes = []*onnx.Attribute{onnx.IntAttr("to", int64(b.types[n.Input(1)].Elem))}
	return lowerCast(b, n)
}

// lowerIf takes the branch that a constant condition chooses. Names inside a
// branch are unique in the whole graph by the format's rules.
func lowerIf(b *builder, n *onnx.Node) error {
	s, ok := b.symbolsOf(n.Input(0))
	if !ok || !s.known() || len(s.v) != 1 {
		return fmt.Errorf("its condition depends on the image; export the model with the condition fixed (tracing does)")
	}
	name := "else_branch"
	if s.v[0].k != 0 {
		name = "then_branch"
	}
	a := n.Attribute(name)
	if a == nil || a.Graph == nil || len(a.Graph.Outputs) != len(n.Outputs) {
		return fmt.Errorf("its %s is missing or gives another number of results", name)
	}
	for _, t := range a.Graph.Initializers {
		if err := b.define(t.Name, t); err != nil {
			return err
		}
	}
	if err := b.nodes(a.Graph.Nodes); err != nil {
		return err
	}
	for i, out := range a.Graph.Outputs {
		b.point(n.Outputs[i], b.resolve(out.Name))
	}
	return nil
}

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
