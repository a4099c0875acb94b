package onnx

import "fmt"

// A Graph is a computation: nodes in topological order, constants by name.
type Graph struct {
	Name         string
	Nodes        []*Node
	Initializers []*Tensor
	Inputs       []*Value // in IR version 3 the initialisers are listed here too
	Outputs      []*Value
	Values       []*Value // declared types of intermediate tensors; often absent
	Doc          string
	unknown      []byte
}

// A Value is the declared name and type of a tensor.
type Value struct {
	Name     string
	Type     DataType // Undefined for anything but a dense tensor
	Shape    []Dim    // nil when HasShape is false
	HasShape bool     // false: even the rank is unknown
	Doc      string

	otherType []byte // the TypeProto of a sequence, map, optional or sparse value
	unknown   []byte
	// Unknown fields of the nested type messages (denotations).
	typeUnknown, tensorUnknown []byte
}

// A Dim is one dimension of a declared shape: Size is its length, or -1 when it
// is free, in which case Param may name it.
type Dim struct {
	Size    int64
	Param   string
	unknown []byte
}

// Fixed reports whether the dimension's length is known.
func (d Dim) Fixed() bool { return d.Size >= 0 }

// String returns the length, or the name of a free dimension, or "?".
func (d Dim) String() string {
	switch {
	case d.Fixed():
		return fmt.Sprint(d.Size)
	case d.Param != "":
		return d.Param
	}
	return "?"
}

// Dims makes a shape of lengths; -1 is a free dimension.
func Dims(lengths ...int64) []Dim {
	shape := make([]Dim, len(lengths))
	for i, n := range lengths {
		shape[i].Size = n
	}
	return shape
}

// NewValue declares a tensor of type t; a length of -1 is a free dimension.
func NewValue(name string, t DataType, lengths ...int64) *Value {
	return &Value{Name: name, Type: t, Shape: Dims(lengths...), HasShape: true}
}

// IsTensor reports whether the value is a dense tensor.
func (v *Value) IsTensor() bool { return v.otherType == nil }

// String returns name, type and shape, as in "input: float32[N,3,224,224]".
func (v *Value) String() string {
	if !v.IsTensor() {
		return v.Name + ": not a tensor"
	}
	return v.Name + ": " + v.Type.String() + shapeString(v)
}

func shapeString(v *Value) string {
	if !v.HasShape {
		return "[unknown shape]"
	}
	s := "["
	for i, d := range v.Shape {
		if i > 0 {
			s += ","
		}
		s += d.String()
	}
	return s + "]"
}

// Initializer returns the initialiser called name, or nil.
func (g *Graph) Initializer(name string) *Tensor {
	for _, t := range g.Initializers {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// RequiredInputs returns the inputs a caller must feed: those that are not
// initialisers (IR version 3 lists the weights as inputs as well).
func (g *Graph) RequiredInputs() []*Value {
	constant := make(map[string]bool, len(g.Initializers))
	for _, t := range g.Initializers {
		constant[t.Name] = true
	}
	var required []*Value
	for _, in := range g.Inputs {
		if !constant[in.Name] {
			required = append(required, in)
		}
	}
	return required
}

// Output returns the declared output called name, or nil.
func (g *Graph) Output(name string) *Value {
	for _, v := range g.Outputs {
		if v.Name == name {
			return v
		}
	}
	return nil
}

// A Use is one place a tensor is read: input Input of Node. In is the graph Node
// belongs to: the graph that was indexed, or a subgraph of it.
type Use struct {
	Node  *Node
	Input int
	In    *Graph
}

// An Index answers, for one state of a graph, who writes and who reads a name.
// It is not updated when the graph changes: index again.
type Index struct {
	graph     *Graph
	producers map[string]*Node
	consumers map[string][]Use
	constants map[string]*Tensor
	dynamic   map[string]bool // see DependsOnInputs; nil until asked for
}

// Index returns an index of the graph as it is now. Producers are those of this
// graph; consumers include nodes of subgraphs, which may read outer names.
func (g *Graph) Index() *Index {
	x := &Index{graph: g, producers: map[string]*Node{}, consumers: map[string][]Use{}, constants: map[string]*Tensor{}}
	for _, t := range g.Initializers {
		x.constants[t.Name] = t
	}
	for _, n := range g.Nodes {
		for _, out := range n.Outputs {
			if out != "" {
				x.producers[out] = n
			}
		}
		if t := n.constantValue(); t != nil && len(n.Outputs) == 1 {
			x.constants[n.Outputs[0]] = t
		}
	}
	x.addConsumers(g)
	return x
}

func (x *Index) addConsumers(g *Graph) {
	for _, n := range g.Nodes {
		for i, in := range n.Inputs {
			if in != "" {
				x.consumers[in] = append(x.consumers[in], Use{Node: n, Input: i, In: g})
			}
		}
		for _, sub := range n.Subgraphs() {
			x.addConsumers(sub)
		}
	}
}

// Producer returns the node that writes name, or nil for inputs, initialisers
// and unknown names.
func (x *Index) Producer(name string) *Node { return x.producers[name] }

// Consumers returns the places name is read at.
func (x *Index) Consumers(name string) []Use { return x.consumers[name] }

// Constant returns the value of name when it is an initialiser or the output of
// a Constant node, else nil.
func (x *Index) Constant(name string) *Tensor { return x.constants[name] }

// DependsOnInputs returns the names that are computed from the required inputs,
// those included. The map must not be changed.
func (x *Index) DependsOnInputs() map[string]bool {
	if x.dynamic == nil {
		x.dynamic = x.graph.dependsOnInputs()
	}
	return x.dynamic
}

func (g *Graph) dependsOnInputs() map[string]bool {
	dynamic := map[string]bool{}
	for _, in := range g.RequiredInputs() {
		dynamic[in.Name] = true
	}
	for _, n := range g.Nodes {
		if !n.readsAny(dynamic) {
			continue
		}
		for _, out := range n.Outputs {
			dynamic[out] = true
		}
	}
	delete(dynamic, "")
	return dynamic
}

// Reachable returns the names that are computed from name.
func (g *Graph) Reachable(name string) map[string]bool {
	reached := map[string]bool{name: true}
	for _, n := range g.Nodes {
		if !n.readsAny(reached) {
			continue
		}
		for _, out := range n.Outputs {
			reached[out] = true
		}
	}
	delete(reached, "")
	delete(reached, name)
	return reached
}
