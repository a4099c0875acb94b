package autodiff

import (
	"fmt"
	"slices"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// Head returns the part of m that computes of from the tensor at, which is the
// part's only input, of its shape. It fails where of depends on the model's own
// inputs past that tensor. m is not changed; weights are shared.
func Head(m *canonical.Model, at, of string) (*canonical.Model, error) {
	s := m.Types[at].Shape
	if s == nil {
		return nil, fmt.Errorf("cut the model at %q: its shape is not known", at)
	}
	g := *m.Graph
	g.Nodes = slices.DeleteFunc(slices.Clone(g.Nodes), func(n *onnx.Node) bool { return slices.Contains(n.Outputs, at) })
	g.Inputs = []*onnx.Value{seedInput(at, s)}
	g.Outputs = []*onnx.Value{{Name: of, Type: onnx.Float32}}
	g.KeepOutputs(of)
	for _, in := range m.Graph.Inputs {
		if in.Name != at && reads(&g, in.Name) {
			return nil, fmt.Errorf("cut the model at %q: %q also depends on %q past it", at, of, in.Name)
		}
	}
	return withGraph(m, &g), nil
}

// Trunk returns the part of m that computes the given tensors, all of float32.
func Trunk(m *canonical.Model, tensors ...string) *canonical.Model {
	g := *m.Graph
	g.Nodes = slices.Clone(g.Nodes)
	g.Outputs = nil
	for _, name := range tensors {
		g.Outputs = append(g.Outputs, &onnx.Value{Name: name, Type: onnx.Float32})
	}
	g.KeepOutputs(tensors...)
	return withGraph(m, &g)
}

func withGraph(m *canonical.Model, g *onnx.Graph) *canonical.Model {
	model := *m.Model
	model.Graph = g
	return &canonical.Model{Model: &model, Types: m.Types, Constants: m.Constants}
}

// Bottlenecks returns the tensors through which everything that of takes from
// the tensor from must pass (its dominators in the graph), from first to last.
// from and of are not among them.
func Bottlenecks(m *canonical.Model, from, of string) []string {
	way := onTheWay(m.Graph, from, of)
	place := map[string]int{from: 0} // of tensors on the way, in the order they are computed
	var order []string
	reach := []int{0} // the furthest tensor that one at this place feeds
	for _, n := range m.Graph.Nodes {
		for _, out := range n.Outputs {
			if !way[out] || out == from {
				continue
			}
			at := len(reach)
			place[out], order, reach = at, append(order, out), append(reach, at)
			for _, in := range n.Inputs {
				if p, ok := place[in]; ok {
					reach[p] = at
				}
			}
		}
	}
	// A tensor is a bottleneck where none before it feeds one after it.
	var found []string
	furthest := reach[0]
	for i, name := range order {
		if at := i + 1; furthest <= at && name != of {
			found = append(found, name)
		}
		furthest = max(furthest, reach[i+1])
	}
	return found
}

// onTheWay returns the tensors that depend on from and that of depends on.
func onTheWay(g *onnx.Graph, from, of string) map[string]bool {
	ahead := map[string]bool{from: true}
	for _, n := range g.Nodes {
		if slices.ContainsFunc(n.Inputs, func(in string) bool { return ahead[in] }) {
			for _, out := range n.Outputs {
				ahead[out] = out != ""
			}
		}
	}
	way, needed := map[string]bool{}, map[string]bool{of: true}
	for _, n := range slices.Backward(g.Nodes) {
		if !slices.ContainsFunc(n.Outputs, func(out string) bool { return needed[out] }) {
			continue
		}
		for _, out := range n.Outputs {
			way[out] = needed[out] && ahead[out]
		}
		for _, in := range n.Inputs {
			needed[in] = true
		}
	}
	return way
}

// reads reports whether a node of the graph reads a tensor.
func reads(g *onnx.Graph, name string) bool {
	return slices.ContainsFunc(g.Nodes, func(n *onnx.Node) bool { return slices.Contains(n.Inputs, name) })
}

// Depends reports whether a tensor is computed from another.
func Depends(m *canonical.Model, from, of string) bool {
	return from != of && onTheWay(m.Graph, from, of)[of]
}
