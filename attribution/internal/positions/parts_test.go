package positions

import (
	"testing"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// A step changes the shape of a tensor, [N, 8, 6, 4] at first, to dims, or orders its dimensions.
type step struct {
	dims, perm []int64
}

// TestPlacesThroughPartition follows places through windows and grids and back, as MaxViT and
// Swin cut them; what is put together in another order has none.
func TestPlacesThroughPartition(t *testing.T) {
	windows := []step{{dims: []int64{-1, 8, 3, 2, 2, 2}}, {perm: []int64{0, 2, 4, 3, 5, 1}}, {dims: []int64{-1, 4, 8}}} // windows of 2×2, into the batch
	back := []step{{dims: []int64{-1, 3, 2, 2, 2, 8}}, {perm: []int64{0, 5, 1, 3, 2, 4}}, {dims: []int64{-1, 8, 6, 4}}}
	for name, c := range map[string]struct {
		steps []step
		known bool
		view  View
	}{
		"windows and back": {append(windows[:3:3], back...), true, View{}},
		"windows alone":    {windows, false, View{}},
		"a grid and back": {[]step{{dims: []int64{-1, 8, 3, 2, 2, 2}}, {perm: []int64{0, 2, 4, 3, 5, 1}}, {dims: []int64{-1, 6, 4, 8}}, {perm: []int64{0, 2, 1, 3}},
			{perm: []int64{0, 2, 1, 3}}, {dims: []int64{-1, 3, 2, 2, 2, 8}}, {perm: []int64{0, 5, 1, 3, 2, 4}}, {dims: []int64{-1, 8, 6, 4}}}, true, View{}},
		"not turned back": {[]step{windows[0], windows[1], {dims: []int64{-1, 6, 4, 8}}, {perm: []int64{0, 2, 1, 3}},
			{dims: []int64{-1, 3, 2, 2, 2, 8}}, {perm: []int64{0, 5, 1, 3, 2, 4}}, {dims: []int64{-1, 8, 6, 4}}}, false, View{}},
		"rows for columns": {[]step{windows[0], windows[1], windows[2], back[0], {perm: []int64{0, 5, 2, 4, 1, 3}}, {dims: []int64{-1, 8, 4, 6}}}, false, View{}},
		"channels last":    {append(windows[:3:3], step{dims: []int64{-1, 3, 2, 2, 2, 8}}, step{perm: []int64{0, 1, 3, 2, 4, 5}}, step{dims: []int64{-1, 6, 4, 8}}), true, View{ChannelsLast, 6, 4, 0}},
		"as tokens":        {append(windows[:3:3], step{dims: []int64{-1, 3, 2, 2, 2, 8}}, step{perm: []int64{0, 1, 3, 2, 4, 5}}, step{dims: []int64{-1, 24, 8}}), true, View{Tokens, 6, 4, 0}},
		"heads and back":   {append(append(windows[:3:3], step{dims: []int64{-1, 4, 2, 4}}, step{perm: []int64{0, 2, 1, 3}}, step{perm: []int64{0, 2, 1, 3}}, step{dims: []int64{-1, 4, 8}}), back...), true, View{}},
	} {
		t.Run(name, func(t *testing.T) {
			g := &onnx.Graph{Name: "cut", Inputs: []*onnx.Value{onnx.NewValue("image", onnx.Float32, -1, 3, 6, 4)}}
			e := g.Edit()
			w := e.Constant("w", onnx.FloatTensor("", make([]float32, 8*3), 8, 3, 1, 1))
			at := e.Emit("conv", "Conv", []string{"image", w})
			for _, s := range c.steps {
				if s.dims != nil {
					at = e.Emit("r", "Reshape", []string{at, e.Constant("to", onnx.IntTensor("", s.dims, int64(len(s.dims))))})
				} else {
					at = e.Emit("t", "Transpose", []string{at}, onnx.IntsAttr("perm", s.perm...))
				}
			}
			end := e.Emit("end", "Relu", []string{at})
			g.Outputs = []*onnx.Value{{Name: end, Type: onnx.Float32}}
			m, err := canonical.Rewrite(&onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 17}}, Graph: g}, canonical.Options{})
			if err != nil {
				t.Fatal(err)
			}
			v, known := Find(&autodiff.Graph{Model: m, Input: "image", Scores: end}, imaging.NCHW)[end]
			grid, fits := v.Grid(m.Types[end].Shape)
			if known != c.known || known && (!fits || grid.Height != 6 || grid.Width != 4 || grid.Channels != 8 || v.Arrangement != c.view.Arrangement) {
				t.Errorf("known %v as %+v, want %v, %+v", known, v, c.known, c.view)
			}
		})
	}
}
