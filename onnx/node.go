package onnx

// A Node applies an operator. An empty string among Inputs or Outputs is an
// optional one left out.
type Node struct {
	Name            string
	Op              string // operator type, e.g. "Conv"
	Domain          string // "" is the standard operator set
	Inputs, Outputs []string
	Attributes      []*Attribute
	Doc             string
	unknown         []byte
}

// AttributeType tells which field of an Attribute holds its value.
type AttributeType int32

// The attribute types, numbered as in the format.
const (
	AttrUndefined AttributeType = iota
	AttrFloat
	AttrInt
	AttrString
	AttrTensor
	AttrGraph
	AttrFloats
	AttrInts
	AttrStrings
	AttrTensors
	AttrGraphs
)

// An Attribute is a named constant of a node. Type tells which field counts.
type Attribute struct {
	Name    string
	Type    AttributeType
	Ref     string // in a Function: the function's attribute it takes its value from
	Float   float32
	Int     int64
	String  []byte
	Tensor  *Tensor
	Graph   *Graph
	Floats  []float32
	Ints    []int64
	Strings [][]byte
	Tensors []*Tensor
	Graphs  []*Graph
	unknown []byte
}

// Is reports whether the node is one of the named operators of the standard set.
func (n *Node) Is(ops ...string) bool {
	if n == nil || canonicalDomain(n.Domain) != "" {
		return false
	}
	for _, op := range ops {
		if n.Op == op {
			return true
		}
	}
	return false
}

// Attribute returns the attribute called name, or nil.
func (n *Node) Attribute(name string) *Attribute {
	for _, a := range n.Attributes {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// Int returns an integer attribute, or fallback when it is not set.
func (n *Node) Int(name string, fallback int64) int64 {
	if a := n.Attribute(name); a != nil {
		return a.Int
	}
	return fallback
}

// Float returns a float attribute, or fallback when it is not set.
func (n *Node) Float(name string, fallback float32) float32 {
	if a := n.Attribute(name); a != nil {
		return a.Float
	}
	return fallback
}

// Text returns a string attribute, or fallback when it is not set.
func (n *Node) Text(name, fallback string) string {
	if a := n.Attribute(name); a != nil {
		return string(a.String)
	}
	return fallback
}

// Ints returns an integer-list attribute, nil when it is not set.
func (n *Node) Ints(name string) []int64 {
	if a := n.Attribute(name); a != nil {
		return a.Ints
	}
	return nil
}

// Input returns input i, or "" when it is left out.
func (n *Node) Input(i int) string {
	if i < len(n.Inputs) {
		return n.Inputs[i]
	}
	return ""
}

// Label names the node in messages: its name, else what it writes, with its
// operator.
func (n *Node) Label() string {
	name := n.Name
	if name == "" && len(n.Outputs) > 0 {
		name = "→ " + n.Outputs[0]
	}
	if n.Domain != "" {
		return n.Domain + "." + n.Op + " " + name
	}
	return n.Op + " " + name
}

// Subgraphs returns the graphs among the node's attributes.
func (n *Node) Subgraphs() []*Graph {
	var list []*Graph
	for _, a := range n.Attributes {
		if a.Graph != nil {
			list = append(list, a.Graph)
		}
		list = append(list, a.Graphs...)
	}
	return list
}

// NewNode makes a node of the standard operator set.
func NewNode(op string, inputs, outputs []string, attributes ...*Attribute) *Node {
	return &Node{Op: op, Inputs: inputs, Outputs: outputs, Attributes: attributes}
}

// IntAttr makes an integer attribute.
func IntAttr(name string, v int64) *Attribute {
	return &Attribute{Name: name, Type: AttrInt, Int: v}
}

// IntsAttr makes an integer-list attribute.
func IntsAttr(name string, v ...int64) *Attribute {
	return &Attribute{Name: name, Type: AttrInts, Ints: v}
}

// FloatAttr makes a float attribute.
func FloatAttr(name string, v float32) *Attribute {
	return &Attribute{Name: name, Type: AttrFloat, Float: v}
}

// TensorAttr makes a tensor attribute.
func TensorAttr(name string, v *Tensor) *Attribute {
	return &Attribute{Name: name, Type: AttrTensor, Tensor: v}
}

// StringAttr makes a string attribute.
func StringAttr(name, v string) *Attribute {
	return &Attribute{Name: name, Type: AttrString, String: []byte(v)}
}

// constantValue returns what a Constant node holds, in whichever attribute.
func (n *Node) constantValue() *Tensor {
	if !n.Is("Constant") {
		return nil
	}
	for _, a := range n.Attributes {
		switch a.Name {
		case "value":
			return a.Tensor
		case "value_float":
			return FloatTensor("", []float32{a.Float})
		case "value_floats":
			return FloatTensor("", a.Floats, int64(len(a.Floats)))
		case "value_int":
			return IntTensor("", []int64{a.Int})
		case "value_ints":
			return IntTensor("", a.Ints, int64(len(a.Ints)))
		}
	}
	return nil
}

// readsAny reports whether the node, or a subgraph of it, reads one of names.
func (n *Node) readsAny(names map[string]bool) bool {
	for _, in := range n.Inputs {
		if in != "" && names[in] {
			return true
		}
	}
	for _, sub := range n.Subgraphs() {
		for _, inner := range sub.Nodes {
			if inner.readsAny(names) {
				return true
			}
		}
		for _, out := range sub.Outputs {
			if names[out.Name] {
				return true
			}
		}
	}
	return false
}
