package onnx

import "fmt"

// An Editor adds nodes and constants to a graph under names that nothing in it has.
// It reads the graph's names once: nothing else may add to the graph meanwhile.
type Editor struct {
	Graph *Graph
	taken map[string]bool
	next  map[string]int // the number to try next after a prefix
}

// Edit returns an editor of the graph.
func (g *Graph) Edit() *Editor {
	e := &Editor{Graph: g, taken: map[string]bool{}, next: map[string]int{}}
	e.takeAll(g)
	return e
}

// Take keeps names from being given.
func (e *Editor) Take(names ...string) {
	for _, name := range names {
		e.taken[name] = true
	}
}

// takeAll takes the names of a graph's tensors and nodes, those of subgraphs too.
func (e *Editor) takeAll(g *Graph) {
	for _, list := range [][]*Value{g.Inputs, g.Outputs, g.Values} {
		for _, v := range list {
			e.taken[v.Name] = true
		}
	}
	for _, t := range g.Initializers {
		e.taken[t.Name] = true
	}
	for _, n := range g.Nodes {
		e.taken[n.Name] = true
		e.Take(n.Inputs...)
		e.Take(n.Outputs...)
		for _, sub := range n.Subgraphs() {
			e.takeAll(sub)
		}
	}
}

// Fresh returns prefix, or prefix with a number, that nothing has as a name, and
// takes it.
func (e *Editor) Fresh(prefix string) string {
	name, i := prefix, e.next[prefix]
	for ; e.taken[name] || i > 0 && name == prefix; i++ {
		name = fmt.Sprintf("%s_%d", prefix, i+1)
	}
	e.next[prefix], e.taken[name] = i, true
	return name
}

// Emit appends a node of the standard operator set with one output, whose name it
// makes of a prefix and returns.
func (e *Editor) Emit(prefix, op string, inputs []string, attributes ...*Attribute) string {
	return e.Append(prefix, NewNode(op, inputs, nil, attributes...), 1)[0]
}

// Append gives n as many outputs, named after a prefix, and appends it.
func (e *Editor) Append(prefix string, n *Node, outputs int) []string {
	n.Outputs = make([]string, outputs)
	for i := range n.Outputs {
		n.Outputs[i] = e.Fresh(prefix)
	}
	e.Graph.Nodes = append(e.Graph.Nodes, n)
	return n.Outputs
}

// Constant names t after a prefix, makes it an initialiser, and returns its name.
func (e *Editor) Constant(prefix string, t *Tensor) string {
	t.Name = e.Fresh(prefix)
	e.Graph.Initializers = append(e.Graph.Initializers, t)
	return t.Name
}
