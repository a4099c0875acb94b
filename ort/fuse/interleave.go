package fuse

import (
	"slices"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// interleave: images side by side, or one with zeros between its pixels, cut to a
// size by a Slice or not.
func (r *rewriter) interleave(n *onnx.Node) *onnx.Node {
	whole, size := n, r.shape(n.Outputs[0])
	if len(size) != 4 {
		return nil
	}
	if n.Op == "Slice" {
		if whole = r.producers[n.Inputs[0]]; whole == nil || !r.cuts(n, size) {
			return nil
		}
	}
	for _, parts := range []func(*onnx.Node, canonical.Shape) ([]string, []int64){r.sideBySide, r.apart} {
		if images, strides := parts(whole, size); images != nil {
			return ours("Interleave", images, n.Outputs[0], onnx.IntsAttr("strides", strides...), onnx.IntsAttr("size", size[2:]...), onnx.IntAttr("block", 1))
		}
	}
	return nil
}

// cuts reports whether a Slice only takes away the last rows and columns, to a size.
func (r *rewriter) cuts(n *onnx.Node, size canonical.Shape) bool {
	from := r.shape(n.Inputs[0])
	starts := r.constants[n.Input(1)]
	if len(from) != 4 || starts == nil || !from[:2].Equal(size[:2]) || from[2] < size[2] || from[3] < size[3] {
		return false
	}
	if steps := r.constants[n.Input(4)]; steps != nil {
		values, err := steps.Int64s()
		if err != nil || !every(values, 1) {
			return false
		}
	}
	values, err := starts.Int64s()
	return err == nil && every(values, 0)
}

// mostStride is the largest stride of which the kernel takes an image for every place.
const mostStride = 8

// sideBySide reads a DepthToSpace of images that were concatenated.
func (r *rewriter) sideBySide(n *onnx.Node, size canonical.Shape) (images []string, strides []int64) {
	if n.Op != "DepthToSpace" || n.Text("mode", "DCR") != "DCR" {
		return nil, nil
	}
	from, out := n.Inputs[0], r.by(n.Inputs[0], blocks, "ReorderOutput")
	if out != nil {
		from = out.Inputs[0]
	}
	joined := r.by(from, "", "Concat")
	s := n.Int("blocksize", 0)
	if joined == nil || joined.Int("axis", 0) != 1 || s > mostStride || int64(len(joined.Inputs)) != s*s {
		return nil, nil
	}
	for _, image := range joined.Inputs {
		if r.channelsOf(image) != size[1] {
			return nil, nil
		}
	}
	for _, image := range joined.Inputs {
		if out != nil {
			image = r.reordered(n, image, size[1])
		}
		images = append(images, image)
	}
	return images, []int64{s, s}
}

// channelsOf is how many channels an image has, 0 if that is not known.
func (r *rewriter) channelsOf(name string) int64 {
	if s := r.shape(name); len(s) == 4 {
		return s[1]
	}
	if conv := r.by(name, blocks, "Conv"); conv != nil {
		if w := r.constants[conv.Inputs[1]]; w != nil {
			return w.Dims[0]
		}
	}
	return 0
}

// apart reads a product of an image with a matrix that puts its columns apart, and
// empty rows after each row, in the shape of the larger image.
func (r *rewriter) apart(n *onnx.Node, _ canonical.Shape) (images []string, strides []int64) {
	product := r.by(n.Input(0), "", "MatMul")
	if n.Op != "Reshape" || product == nil {
		return nil, nil
	}
	from, to, matrix := r.shape(product.Inputs[0]), r.shape(n.Outputs[0]), r.floats(product.Inputs[1])
	if len(from) != 4 || len(to) != 4 || !from[:2].Equal(to[:2]) || matrix == nil || from[2] < 1 || to[3] < 1 {
		return nil, nil
	}
	rows := to[2] / from[2]
	columns := columnsApart(matrix, from[3], rows*to[3], to[3])
	if columns < 1 || to[2] != from[2]*rows {
		return nil, nil
	}
	return slices.Clone(product.Inputs[:1]), []int64{rows, columns}
}

// columnsApart returns how far a matrix of [from, wide] puts columns apart, the first
// staying where it is and those beyond size being dropped; 0 if it does not.
func columnsApart(matrix []float32, from, wide, size int64) int64 {
	if int64(len(matrix)) != from*wide || matrix[0] != 1 {
		return 0
	}
	stride := size
	if from > 1 {
		if second := int64(slices.Index(matrix[wide:2*wide], 1)); second > 0 {
			stride = second
		}
	}
	for i := range from {
		for j, v := range matrix[i*wide : (i+1)*wide] {
			want := float32(0)
			if int64(j) == i*stride && i*stride < size {
				want = 1
			}
			if v != want {
				return 0
			}
		}
	}
	return stride
}
