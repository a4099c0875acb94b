package fuse

import (
	"context"
	"slices"
	"sync"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
)

// intoBlocks lets our nodes read and write blocks where all that reads them wants
// blocks: what would turn images into blocks and back again is left out.
func (r *rewriter) intoBlocks(block int64) {
	for _, n := range slices.Clone(r.graph.Nodes) {
		channels := r.channels(n)
		if channels > 0 && r.may(n) && inWholeBlocks(n, channels, block) && (n.Op == "ChannelDot" || r.wantsBlocks(n.Outputs[0])) {
			r.intoBlock(n, channels, block)
		}
	}
}

// may reports whether a node can be in blocks: ours, and what is done value by value
// to tensors of the same shape that are in blocks before.
func (r *rewriter) may(n *onnx.Node) bool {
	if r.fused[n] {
		return true
	}
	if n.Domain != "" || !slices.Contains(valueByValue, n.Op) {
		return false
	}
	for _, in := range n.Inputs {
		if r.by(in, blocks, "ReorderOutput") == nil || !r.alike(in, n.Inputs[0]) {
			return false
		}
	}
	return true
}

// valueByValue are standard operators that do the same to every value.
var valueByValue = []string{"Add", "Mul", "Sub", "Relu", "Sigmoid", "Tanh", "HardSigmoid"}

// inWholeBlocks reports whether a node's image and its result have no block in part.
func inWholeBlocks(n *onnx.Node, channels, block int64) bool {
	return channels%block == 0 && n.Int("start", 0)%block == 0 && n.Int("count", 0)%block == 0
}

// images are the inputs of a node of ours that are images. Others have one value per
// channel, which lie in memory in the same way in blocks and without.
func images(n *onnx.Node) []string {
	if n.Op == "Scale" {
		return n.Inputs[:1]
	}
	return n.Inputs
}

// channels is the number of channels that an input has which is in blocks before it
// is turned into an image; 0 if none is.
func (r *rewriter) channels(n *onnx.Node) int64 {
	for _, in := range images(n) {
		if out := r.by(in, blocks, "ReorderOutput"); out != nil && out.Int("channels_last", 0) == 0 {
			return out.Int("channels", 0)
		}
	}
	return 0
}

// wantsBlocks reports whether all that reads a tensor turns it into blocks, or is
// such that it may be in them.
func (r *rewriter) wantsBlocks(name string) bool {
	if r.graph.Output(name) != nil {
		return false
	}
	for _, n := range r.graph.Nodes {
		for _, in := range n.Inputs {
			if in == name && !r.fused[n] && !toBlocks(n) && !slices.Contains(valueByValue, n.Op) {
				return false
			}
		}
	}
	return true
}

// toBlocks reports whether a node turns images, channels first, into blocks.
func toBlocks(n *onnx.Node) bool {
	return n.Domain == blocks && n.Op == "ReorderInput" && n.Int("channels_last", 0) == 0
}

func (r *rewriter) intoBlock(n *onnx.Node, channels, block int64) {
	for i, in := range images(n) {
		if out := r.by(in, blocks, "ReorderOutput"); out != nil {
			n.Inputs[i] = out.Inputs[0]
			continue
		}
		n.Inputs[i] = r.fresh(in + "_blocks")
		r.before(n, blocksOf(in, n.Inputs[i]))
	}
	if n.Op == "ChannelSlice" {
		channels = n.Int("count", 0)
	}
	if a := n.Attribute("block"); a != nil {
		a.Int = block
	}
	if n.Op == "ChannelDot" {
		return // what it makes is the same in blocks
	}
	image := n.Outputs[0]
	n.Outputs[0] = r.fresh(image + "_blocks")
	r.producers[n.Outputs[0]] = n
	for _, reader := range r.graph.Nodes {
		if toBlocks(reader) && reader.Inputs[0] == image {
			r.rename(reader.Outputs[0], n.Outputs[0])
		}
	}
	r.after(n, outOfBlocks(n.Outputs[0], image, channels))
}

// rename lets all that read a tensor read another.
func (r *rewriter) rename(from, to string) {
	for _, n := range r.graph.Nodes {
		for i, in := range n.Inputs {
			if in == from {
				n.Inputs[i] = to
			}
		}
	}
}

// Block returns how many channels the runtime puts into a block on this machine, 1
// if it does not. It is found out by putting two pixels of many channels into blocks.
var Block = sync.OnceValue(func() int64 {
	const channels = 64
	m := &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 17}, {Domain: blocks, Version: 1}}, Graph: &onnx.Graph{Name: "block",
		Inputs:  []*onnx.Value{onnx.NewValue("image", onnx.Float32, 1, channels, 1, 2)},
		Outputs: []*onnx.Value{{Name: "blocks", Type: onnx.Float32}},
		Nodes:   []*onnx.Node{blocksOf("image", "blocks")}}}
	s, err := ort.Open(m.Marshal(), []string{"image"}, []string{"blocks"}, ort.Options{Plain: true})
	if err != nil {
		return 1
	}
	defer s.Close()
	image := make([]float32, channels*2)
	image[1] = 1 // the first channel's second pixel
	got, err := s.Run(context.Background(), &ort.Tensor{Shape: []int64{1, channels, 1, 2}, Data: image})
	if err != nil {
		return 1
	}
	for i, v := range got[0].Floats() {
		if v == 1 {
			return int64(i)
		}
	}
	return 1
})
