package fuse

import (
	"slices"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// splits takes channels out of images one by one, where a Split would take them all:
// then they may be in blocks.
func (r *rewriter) splits() {
	for _, n := range slices.Clone(r.graph.Nodes) {
		s := r.shape(n.Input(0))
		if n.Op != "Split" || n.Domain != "" || n.Int("axis", 0) != 1 || len(s) != 4 || r.blocked[n.Inputs[0]] {
			continue
		}
		counts := r.constants[n.Input(1)]
		if counts == nil {
			continue
		}
		values, err := counts.Int64s()
		if err != nil || len(values) != len(n.Outputs) {
			continue
		}
		var parts []*onnx.Node
		start := int64(0)
		for i, count := range values {
			part := ours("ChannelSlice", slices.Clone(n.Inputs[:1]), n.Outputs[i], onnx.IntAttr("start", start), onnx.IntAttr("count", count))
			parts, start = append(parts, part), start+count
			r.producers[n.Outputs[i]], r.fused[part] = part, true
			out := canonical.Type{Elem: onnx.Float32, Shape: slices.Clone(s)}
			out.Shape[1] = count
			r.types[n.Outputs[i]] = out // the runtime makes Splits of Slices
		}
		at := slices.Index(r.graph.Nodes, n)
		r.graph.Nodes = slices.Replace(r.graph.Nodes, at, at+1, parts...)
	}
}
