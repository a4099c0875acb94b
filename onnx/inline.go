package onnx

import (
	"fmt"
	"slices"
)

// maxInlined is the most nodes that a graph may have once its functions are put in.
const maxInlined = 1 << 20

// Inline puts the nodes of the model's own functions in the place of the nodes that call them,
// those in functions and in graphs inside nodes too, and drops the functions. A model without
// functions stays as it is, and so does one of which an error says why it cannot be done.
func (m *Model) Inline() error {
	if len(m.Functions) == 0 {
		return nil
	}
	in := &inliner{functions: map[[2]string]*Function{}, opset: m.Opset(""), names: m.Graph.Edit()}
	for _, fn := range m.Functions {
		in.functions[[2]string{canonicalDomain(fn.Domain), fn.Name}] = fn
	}
	nodes, err := in.inlined(m.Graph.Nodes, 0)
	if err != nil {
		return err
	}
	g := *m.Graph
	g.Nodes = nodes
	m.Graph, m.Functions = &g, nil
	return nil
}

type inliner struct {
	functions map[[2]string]*Function
	opset     int64
	names     *Editor
	made      int
}

// inlined is a list of nodes with calls replaced, depth functions deep.
func (in *inliner) inlined(list []*Node, depth int) ([]*Node, error) {
	var out []*Node
	for _, n := range list {
		fn := in.functions[[2]string{canonicalDomain(n.Domain), n.Op}]
		if in.made++; in.made > maxInlined {
			return nil, fmt.Errorf("put in place of their calls, the model's functions have more than %d nodes", maxInlined)
		}
		if fn == nil {
			inner, err := in.graphs(n, depth)
			if err != nil {
				return nil, err
			}
			out = append(out, inner)
			continue
		}
		body, err := in.call(n, fn, depth)
		if err != nil {
			return nil, fmt.Errorf("function %s of node %s: %w", fn.Name, n.Label(), err)
		}
		out = append(out, body...)
	}
	return out, nil
}

// graphs replaces calls in the graphs inside a node.
func (in *inliner) graphs(n *Node, depth int) (*Node, error) {
	if len(n.Subgraphs()) == 0 {
		return n, nil
	}
	return n.withGraphs(func(g *Graph) (*Graph, error) {
		nodes, err := in.inlined(g.Nodes, depth)
		c := *g
		c.Nodes = nodes
		return &c, err
	})
}

// call is what a call stands for: the function's nodes under names of their own, reading and
// writing what the call does.
func (in *inliner) call(n *Node, fn *Function, depth int) ([]*Node, error) {
	if depth > len(in.functions) {
		return nil, fmt.Errorf("it calls itself")
	}
	for _, o := range fn.Opsets {
		if canonicalDomain(o.Domain) == "" && o.Version != in.opset && in.opset != 0 {
			return nil, fmt.Errorf("it is written in opset %d, the model in %d", o.Version, in.opset)
		}
	}
	names, copies := map[string]string{"": ""}, []*Node{}
	for i, formal := range fn.Inputs {
		names[formal] = n.Input(i)
	}
	for i, formal := range fn.Outputs {
		actual := ""
		if i < len(n.Outputs) {
			actual = n.Outputs[i]
		}
		if _, input := names[formal]; input { // handed on as it is
			if actual != "" {
				copies = append(copies, NewNode("Identity", []string{names[formal]}, []string{actual}))
			}
			continue
		}
		if actual == "" {
			actual = in.names.Fresh(n.Label() + "_" + formal)
		}
		names[formal] = actual
	}
	var body []*Node
	for _, inner := range fn.Nodes {
		c, err := in.renamed(inner, names, n, fn)
		if err != nil {
			return nil, err
		}
		body = append(body, c)
	}
	body, err := in.inlined(body, depth+1)
	return append(body, copies...), err
}

// renamed is a node of a function with the call's names and attributes.
func (in *inliner) renamed(n *Node, names map[string]string, call *Node, fn *Function) (*Node, error) {
	name := func(inner string) string {
		if _, known := names[inner]; !known {
			names[inner] = in.names.Fresh(call.Outputs[0] + "_" + inner)
		}
		return names[inner]
	}
	c := *n
	c.Inputs, c.Outputs, c.Attributes = make([]string, len(n.Inputs)), make([]string, len(n.Outputs)), nil
	for i, in := range n.Inputs {
		c.Inputs[i] = name(in)
	}
	for i, out := range n.Outputs {
		c.Outputs[i] = name(out)
	}
	if c.Name != "" {
		c.Name = in.names.Fresh(call.Outputs[0] + "_" + c.Name)
	}
	for _, a := range n.Attributes {
		if a.Ref == "" {
			c.Attributes = append(c.Attributes, a)
			continue
		}
		given := call.Attribute(a.Ref)
		if k := slices.IndexFunc(fn.Defaults, func(d *Attribute) bool { return d.Name == a.Ref }); given == nil && k >= 0 {
			given = fn.Defaults[k]
		}
		if given != nil { // one that is not given is left out
			value := *given
			value.Name, value.Ref = a.Name, ""
			c.Attributes = append(c.Attributes, &value)
		}
	}
	if len(c.Subgraphs()) == 0 {
		return &c, nil
	}
	return c.withGraphs(func(g *Graph) (*Graph, error) { return in.renamedGraph(g, names, name, call, fn) })
}

// renamedGraph is a graph inside a function's node: all of its names become the call's own.
func (in *inliner) renamedGraph(g *Graph, names map[string]string, name func(string) string, call *Node, fn *Function) (*Graph, error) {
	c := *g
	c.Inputs, c.Outputs, c.Nodes = copies(g.Inputs), copies(g.Outputs), nil
	c.Initializers, c.Values = copies(g.Initializers), nil
	for _, v := range slices.Concat(c.Inputs, c.Outputs) {
		v.Name = name(v.Name)
	}
	for _, t := range c.Initializers {
		t.Name = name(t.Name)
	}
	for _, n := range g.Nodes {
		inner, err := in.renamed(n, names, call, fn)
		if err != nil {
			return nil, err
		}
		c.Nodes = append(c.Nodes, inner)
	}
	return &c, nil
}

// withGraphs returns the node with every graph inside it replaced.
func (n *Node) withGraphs(replace func(*Graph) (*Graph, error)) (*Node, error) {
	c := *n
	c.Attributes = copies(n.Attributes)
	for _, a := range c.Attributes {
		var err error
		if a.Graph != nil {
			if a.Graph, err = replace(a.Graph); err != nil {
				return nil, err
			}
		}
		a.Graphs = slices.Clone(a.Graphs)
		for i, g := range a.Graphs {
			if a.Graphs[i], err = replace(g); err != nil {
				return nil, err
			}
		}
	}
	return &c, nil
}
