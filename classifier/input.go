package classifier

import (
	"context"
	"fmt"
	"strings"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/onnx"
)

// input finds the image input of the model.
func (r *reading) input(context.Context) (err error) {
	r.model = r.model.Copy()
	_ = r.model.Inline() // what cannot be inlined the runtime may still run
	single := addBatch(r.model)
	if r.spec.Input, err = recogniseInput(r.model); err != nil {
		return err
	}
	if single != nil {
		r.spec.Input.Declared = single.String()
		r.spec.set("batch dimension", "added: the model takes one image without it", "the model")
	}
	r.fixed = int(max(0, r.model.Graph.RequiredInputs()[0].Shape[0].Size))
	r.spec.set("input layout", string(r.spec.Input.Layout), "the model")
	return nil
}

// recogniseInput finds the image input of m. Height, width and channels are 0
// where the model leaves them free.
func recogniseInput(m *onnx.Model) (Input, error) {
	required := m.Graph.RequiredInputs()
	if len(required) != 1 {
		return Input{}, fmt.Errorf("%w: it needs %d inputs (%s); Sightline runs models of one image input: export one without the others", ErrInputs, len(required), list(required))
	}
	v := required[0]
	in := Input{Name: v.Name, Declared: v.String()}
	if !v.IsTensor() || !v.HasShape || len(v.Shape) != 4 {
		return in, fmt.Errorf("%w: it takes %s, and an image batch has four dimensions (batch, channels, height, width)%s", ErrNotImage, v, whyNot(v))
	}
	switch v.Type {
	case onnx.Float32, onnx.Float16, onnx.Uint8:
		in.DType = DType(v.Type.String())
	default:
		return in, fmt.Errorf("%w: it takes %s; export it with a float32, float16 or uint8 input", ErrInputType, v)
	}
	return in, in.recogniseLayout(m.Graph, v)
}

// whyNot says what an input of another number of dimensions may be.
func whyNot(v *onnx.Value) string {
	if v.IsTensor() && v.HasShape && len(v.Shape) == 3 {
		return "; of three, the first or the last must be the channels, 3 (colour) or 1 (grey): export it with a channel dimension"
	}
	return "; a model of tables or sequences cannot be used here"
}

func list(values []*onnx.Value) string {
	if len(values) == 0 {
		return "none"
	}
	var names []string
	for _, v := range values {
		names = append(names, v.String())
	}
	return strings.Join(names, ", ")
}

// recogniseLayout tells channels first from channels last: by the dimension that
// is 1 or 3, else by the first operator that cares.
func (in *Input) recogniseLayout(g *onnx.Graph, v *onnx.Value) error {
	first, last := v.Shape[1], v.Shape[3]
	byGraph, channels := layoutFromGraph(g.Index(), v.Name)
	switch {
	case isChannels(first) && isChannels(last) && byGraph != "":
		in.Layout = byGraph
	case isChannels(first):
		in.Layout = imaging.NCHW
	case isChannels(last):
		in.Layout = imaging.NHWC
	case !first.Fixed() && !last.Fixed() && byGraph != "":
		in.Layout, in.Channels = byGraph, channels
	case !first.Fixed() && last.Fixed(), !first.Fixed() && !last.Fixed():
		in.Layout, in.Channels = imaging.NCHW, 3
	default:
		return fmt.Errorf("%w: it takes %s, where neither the second nor the last dimension is 3 (colour) or 1 (grey)", ErrNotImage, v)
	}
	c, h, w := v.Shape[1], v.Shape[2], v.Shape[3]
	if in.Layout == imaging.NHWC {
		c, h, w = v.Shape[3], v.Shape[1], v.Shape[2]
	}
	in.Height, in.Width = int(max(0, h.Size)), int(max(0, w.Size))
	in.declaredSize = in.Height > 0 && in.Width > 0
	if c.Fixed() {
		in.Channels = int(c.Size)
	}
	if in.Channels != 1 && in.Channels != 3 {
		return fmt.Errorf("%w: it takes %d channels; images have 3 (colour) or 1 (grey)", ErrNotImage, in.Channels)
	}
	return nil
}

func isChannels(d onnx.Dim) bool { return d.Size == 1 || d.Size == 3 }

// layoutFromGraph follows the input to the first Transpose or Conv. It returns ""
// when there is none, and the channels a Conv wants.
func layoutFromGraph(x *onnx.Index, name string) (imaging.Layout, int) {
	for range 16 {
		uses := x.Consumers(name)
		if len(uses) == 0 {
			return "", 0
		}
		n := uses[0].Node
		switch {
		case n.Is("Transpose"):
			if p := n.Ints("perm"); len(p) == 4 && p[1] == 3 {
				return imaging.NHWC, 3
			}
			return "", 0
		case n.Op == "Conv":
			if w := x.Constant(n.Input(1)); w != nil && len(w.Dims) == 4 {
				return imaging.NCHW, int(w.Dims[1] * n.Int("group", 1))
			}
			return imaging.NCHW, 3
		case len(n.Outputs) == 0:
			return "", 0
		}
		name = n.Outputs[0]
	}
	return "", 0
}
