package fuse

import (
	"slices"

	"github.com/sightline/sightline/onnx"
)

// swishGradient: g·s + (g·x)·(s·(1 − s)) of a logistic function s of x.
func (r *rewriter) swishGradient(n *onnx.Node) *onnx.Node {
	if n.Op != "Add" || n.Domain != "" || !r.alike(n.Inputs[0], n.Inputs[1]) {
		return nil
	}
	for i, part := range n.Inputs {
		direct, indirect := r.of(part, "Mul"), r.of(n.Inputs[1-i], "Mul")
		if direct == nil || indirect == nil {
			continue
		}
		for k, s := range direct.Inputs {
			g, logistic := direct.Inputs[1-k], r.of(s, "Sigmoid")
			if logistic == nil || !r.throughLogistic(indirect, g, logistic) {
				continue
			}
			var inputs []string
			for _, name := range []string{logistic.Inputs[0], s, g} {
				inputs = append(inputs, r.laidOutAs(n, name))
			}
			return ours("SwishGradient", inputs, n.Outputs[0])
		}
	}
	return nil
}

// throughLogistic reports whether a product is (g·x)·(s·(1 − s)).
func (r *rewriter) throughLogistic(n *onnx.Node, g string, logistic *onnx.Node) bool {
	x, s := logistic.Inputs[0], logistic.Outputs[0]
	for i := range n.Inputs {
		product, slope := r.of(n.Inputs[i], "Mul"), r.of(n.Inputs[1-i], "Mul")
		if product == nil || slope == nil || !r.reads(product, g, x) {
			continue
		}
		for k, rest := range slope.Inputs {
			one := r.of(rest, "HardSigmoid")
			if one != nil && one.Float("alpha", 0) == -1 && one.Float("beta", 0) == 1 && r.origin(one.Inputs[0]) == r.origin(s) && r.origin(slope.Inputs[1-k]) == r.origin(s) {
				return true
			}
		}
	}
	return false
}

// reads reports whether a node's two inputs are those tensors, in any order.
func (r *rewriter) reads(n *onnx.Node, a, b string) bool {
	got, want := []string{r.origin(n.Inputs[0]), r.origin(n.Inputs[1])}, []string{r.origin(a), r.origin(b)}
	slices.Sort(got)
	slices.Sort(want)
	return slices.Equal(got, want)
}

// origin is the name a tensor had before it was put into blocks or out of them.
func (r *rewriter) origin(name string) string {
	for {
		n := r.producers[name]
		if n == nil || n.Domain != blocks || n.Op != "ReorderInput" && n.Op != "ReorderOutput" {
			return name
		}
		name = n.Inputs[0]
	}
}

// of returns the standard operator that makes a tensor, in blocks or out of them.
func (r *rewriter) of(name, op string) *onnx.Node { return r.by(r.origin(name), "", op) }

// laidOutAs is a tensor of the shape of a node's result, in blocks if that is.
func (r *rewriter) laidOutAs(n *onnx.Node, name string) string {
	inBlocks := r.blocked[n.Outputs[0]]
	for _, known := range []string{name, r.origin(name)} {
		if r.blocked[known] == inBlocks {
			return known
		}
	}
	if !inBlocks {
		return r.reordered(n, name, r.shape(n.Outputs[0])[1])
	}
	in := blocksOf(name, r.fresh(name+"_blocks"))
	r.before(n, in)
	return in.Outputs[0]
}
