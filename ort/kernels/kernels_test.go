package kernels_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
	"github.com/sightline/sightline/ort/kernels"
)

// run gives what an operator makes of its inputs, on two threads.
func run(t *testing.T, op string, inputs []*ort.Tensor, attributes ...*onnx.Attribute) (*ort.Tensor, error) {
	t.Helper()
	g := &onnx.Graph{Name: op, Outputs: []*onnx.Value{{Name: "out", Type: onnx.Float32}}}
	var names []string
	for i, in := range inputs {
		name := fmt.Sprint("in", i)
		g.Inputs, names = append(g.Inputs, onnx.NewValue(name, onnx.Float32, in.Shape...)), append(names, name)
	}
	n := onnx.NewNode(op, names, []string{"out"}, attributes...)
	n.Domain = kernels.Domain
	g.Nodes = []*onnx.Node{n}
	m := &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 18}, {Domain: kernels.Domain, Version: kernels.Version}}, Graph: g}
	s, err := ort.Open(m.Marshal(), names, []string{"out"}, ort.Options{Threads: 2, Kernels: true})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	out, err := s.Run(context.Background(), inputs...)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

func must(t *testing.T, out *ort.Tensor, err error) []float32 {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return out.Floats()
}

// whole returns values of which some are equal: small whole numbers.
func whole(r *rand.Rand, shape ...int64) *ort.Tensor {
	n := int64(1)
	for _, d := range shape {
		n *= d
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.IntN(9) - 4)
	}
	return &ort.Tensor{Shape: shape, Data: v}
}

func TestGate(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	inf := float32(math.Inf(1))
	for _, bounds := range [][2]float32{{0, inf}, {0, 6}, {-inf, 2}, {-3, 3}, {-inf, inf}} {
		for _, shape := range [][]int64{{1}, {0}, {3, 5}, {2, 3, 4, 5}, {1, 7, 97, 101}} { // the last on more than one thread
			y, g := whole(r, shape...), whole(r, shape...)
			out, err := run(t, "Gate", []*ort.Tensor{y, g}, onnx.FloatAttr("low", bounds[0]), onnx.FloatAttr("high", bounds[1]))
			got := must(t, out, err)
			for i, v := range y.Data.([]float32) {
				want := float32(0)
				if v > bounds[0] && v < bounds[1] {
					want = g.Data.([]float32)[i]
				}
				if got[i] != want {
					t.Fatalf("gate %v of %v at %v is %v, want %v", bounds, g.Data.([]float32)[i], v, got[i], want)
				}
			}
		}
	}
}

// blocked lays images out as the runtime does: [N, C/block, H, W, block].
func blocked(a *ort.Tensor, block int64) *ort.Tensor {
	return &ort.Tensor{Shape: a.Shape, Data: moved(a.Data.([]float32), a.Shape, block, false)}
}

func unblocked(v []float32, shape []int64, block int64) []float32 {
	return moved(v, shape, block, true)
}

func moved(v []float32, s []int64, block int64, back bool) []float32 {
	out := make([]float32, len(v))
	pixels := s[2] * s[3]
	for n := range s[0] {
		for c := range s[1] {
			for p := range pixels {
				image := (n*s[1]+c)*pixels + p
				blocks := ((n*(s[1]/block)+c/block)*pixels+p)*block + c%block
				if back {
					out[image] = v[blocks]
				} else {
					out[blocks] = v[image]
				}
			}
		}
	}
	return out
}

type poolCase struct{ kernel, strides, dilations, pads []int64 }

func (p poolCase) attributes(block int64) []*onnx.Attribute {
	return []*onnx.Attribute{onnx.IntsAttr("kernel", p.kernel...), onnx.IntsAttr("strides", p.strides...), onnx.IntsAttr("dilations", p.dilations...),
		onnx.IntsAttr("pads", p.pads...), onnx.IntAttr("block", block)}
}

// slowPool adds each value of g to where the first maximum of its window is.
func slowPool(p poolCase, x, g *ort.Tensor) []float32 {
	in, out := x.Shape, g.Shape
	xs, gs, to := x.Data.([]float32), g.Data.([]float32), make([]float32, len(x.Data.([]float32)))
	for plane := range in[0] * in[1] {
		for i := range out[2] {
			for j := range out[3] {
				best := int64(-1)
				for a := range p.kernel[0] {
					for b := range p.kernel[1] {
						row, column := i*p.strides[0]-p.pads[0]+a*p.dilations[0], j*p.strides[1]-p.pads[1]+b*p.dilations[1]
						if row < 0 || row >= in[2] || column < 0 || column >= in[3] {
							continue
						}
						if at := (plane*in[2]+row)*in[3] + column; best < 0 || xs[at] > xs[best] {
							best = at
						}
					}
				}
				if best >= 0 {
					to[best] += gs[(plane*out[2]+i)*out[3]+j]
				}
			}
		}
	}
	return to
}

func TestPoolGradient(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	pick := func(from, to int) int64 { return int64(from + r.IntN(to-from+1)) }
	for trial := range 150 {
		block := []int64{1, 8, 16}[trial%3]
		p := poolCase{kernel: []int64{pick(1, 4), pick(1, 4)}, strides: []int64{pick(1, 3), pick(1, 3)}, dilations: []int64{pick(1, 2), pick(1, 2)}}
		p.pads = []int64{pick(0, int(p.kernel[0])-1), pick(0, int(p.kernel[1])-1), 0, 0}
		x := whole(r, pick(1, 2), block*pick(1, 2), pick(1, 9), pick(1, 9))
		// One window more than fits, as ceil_mode asks for, now and then.
		g := whole(r, x.Shape[0], x.Shape[1], (x.Shape[2]+p.strides[0]-1)/p.strides[0], (x.Shape[3]+p.strides[1]-1)/p.strides[1])
		out, err := run(t, "PoolGradient", []*ort.Tensor{blocked(x, block), blocked(g, block)}, p.attributes(block)...)
		got := unblocked(must(t, out, err), x.Shape, block)
		if want := slowPool(p, x, g); !slices.Equal(got, want) {
			t.Fatalf("%+v of %v in blocks of %d\ngot  %v\nwant %v", p, x.Shape, block, got, want)
		}
	}
}

func TestInterleave(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	pick := func(from, to int) int64 { return int64(from + r.IntN(to-from+1)) }
	for trial := range 150 {
		block := []int64{1, 8, 16}[trial%3]
		s, u := pick(1, 3), pick(1, 3)
		count := pick(1, int(s*u))
		shape := []int64{pick(1, 2), block * pick(1, 2), pick(1, 5), pick(1, 5)}
		size := []int64{pick(1, int(shape[2]*s+1)), pick(1, int(shape[3]*u+1))}
		var images, laidOut []*ort.Tensor
		for range count {
			images = append(images, whole(r, shape...))
			laidOut = append(laidOut, blocked(images[len(images)-1], block))
		}
		out, err := run(t, "Interleave", laidOut, onnx.IntsAttr("strides", s, u), onnx.IntsAttr("size", size...), onnx.IntAttr("block", block))
		to := []int64{shape[0], shape[1], size[0], size[1]}
		got := unblocked(must(t, out, err), to, block)
		for at, v := range got {
			column, row, plane := int64(at)%size[1], int64(at)/size[1]%size[0], int64(at)/size[1]/size[0]
			want := float32(0)
			if part, i, j := row%s*u+column%u, row/s, column/u; part < count && i < shape[2] && j < shape[3] {
				want = images[part].Data.([]float32)[(plane*shape[2]+i)*shape[3]+j]
			}
			if v != want {
				t.Fatalf("%d images of %v, strides %d and %d, size %v, blocks of %d: pixel %d, %d is %v, want %v", count, shape, s, u, size, block, row, column, v, want)
			}
		}
	}
}

func TestSwishGradient(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, shape := range [][]int64{{1}, {3, 5}, {1, 7, 97, 101}} {
		x, s, g := whole(r, shape...), whole(r, shape...), whole(r, shape...)
		logistic := s.Data.([]float32)
		for i, v := range x.Data.([]float32) {
			logistic[i] = float32(1 / (1 + math.Exp(-float64(v))))
		}
		out, err := run(t, "SwishGradient", []*ort.Tensor{x, s, g})
		for i, got := range must(t, out, err) {
			f := func(v float64) float64 { return v / (1 + math.Exp(-v)) }
			at := float64(x.Data.([]float32)[i])
			want := float64(g.Data.([]float32)[i]) * (f(at+1e-5) - f(at-1e-5)) / 2e-5 // a central difference
			if math.Abs(float64(got)-want) > 1e-5 {
				t.Fatalf("at %v the gradient is %v, want %v", at, got, want)
			}
		}
	}
}

func TestChannels(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for trial := range 60 {
		block := []int64{1, 8, 16}[trial%3]
		n, c, h, w := int64(1+r.IntN(3)), block*int64(1+r.IntN(3)), int64(1+r.IntN(7)), int64(1+r.IntN(7))
		x, y, factor, summand := whole(r, n, c, h, w), whole(r, n, c, h, w), whole(r, n, c, 1, 1), whole(r, n, c, 1, 1)
		a := onnx.IntAttr("block", block)
		out, err := run(t, "Scale", []*ort.Tensor{blocked(x, block), factor}, a)
		scaled := unblocked(must(t, out, err), x.Shape, block)
		out, err = run(t, "Scale", []*ort.Tensor{blocked(x, block), factor, summand}, a)
		shifted := unblocked(must(t, out, err), x.Shape, block)
		forAll := &ort.Tensor{Shape: []int64{1, c, 1, 1}, Data: factor.Data.([]float32)[:c]}
		out, err = run(t, "Scale", []*ort.Tensor{blocked(x, block), forAll, summand}, a)
		alike := unblocked(must(t, out, err), x.Shape, block)
		out, err = run(t, "ChannelDot", []*ort.Tensor{blocked(x, block), blocked(y, block)}, a)
		dots := must(t, out, err)
		if !slices.Equal(out.Shape, []int64{n, c, 1, 1}) {
			t.Fatalf("the sums have the shape %v", out.Shape)
		}
		for plane := range n * c {
			dot, f, s := float32(0), factor.Data.([]float32)[plane], summand.Data.([]float32)[plane]
			for i := plane * h * w; i < (plane+1)*h*w; i++ {
				v := x.Data.([]float32)[i]
				dot += v * y.Data.([]float32)[i]
				if all := forAll.Data.([]float32)[plane%c]; alike[i] != v*all+s {
					t.Fatalf("%v times %v for all images plus %v is %v", v, all, s, alike[i])
				}
				if scaled[i] != v*f || shifted[i] != v*f+s {
					t.Fatalf("%v times %v is %v, and plus %v %v", v, f, scaled[i], s, shifted[i])
				}
			}
			if dots[plane] != dot {
				t.Fatalf("the sum of channel %d is %v, want %v", plane, dots[plane], dot)
			}
		}
	}
}

func TestChannelSlice(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for trial := range 30 {
		block := []int64{1, 8, 16}[trial%3]
		of, start := int64(1+r.IntN(4)), int64(0)
		start = int64(r.IntN(int(of)))
		count := 1 + int64(r.IntN(int(of-start)))
		x := whole(r, 2, of*block, 3, 5)
		out, err := run(t, "ChannelSlice", []*ort.Tensor{blocked(x, block)}, onnx.IntAttr("start", start*block), onnx.IntAttr("count", count*block))
		got := unblocked(must(t, out, err), []int64{2, count * block, 3, 5}, block)
		const pixels = 15
		for image := range int64(2) {
			from := (image*of*block + start*block) * pixels
			if want := x.Data.([]float32)[from : from+count*block*pixels]; !slices.Equal(got[image*count*block*pixels:][:len(want)], want) {
				t.Fatalf("channels %d to %d of %d are others", start*block, (start+count)*block, of*block)
			}
		}
	}
}

// What does not fit is an error, not a crash.
func TestRefusals(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	one := poolCase{kernel: []int64{2, 2}, strides: []int64{2, 2}, dilations: []int64{1, 1}, pads: []int64{0, 0, 0, 0}}
	short := one
	short.pads = short.pads[:2]
	still := one
	still.dilations = []int64{0, 1}
	interleaved := []*onnx.Attribute{onnx.IntsAttr("strides", 1, 2), onnx.IntsAttr("size", 4, 8), onnx.IntAttr("block", 8)}
	for _, c := range []struct {
		op         string
		inputs     []*ort.Tensor
		attributes []*onnx.Attribute
		says       string
	}{
		{"Gate", []*ort.Tensor{whole(r, 2, 3), whole(r, 3, 2)}, []*onnx.Attribute{onnx.FloatAttr("low", 0), onnx.FloatAttr("high", 1)}, "different shapes"},
		{"PoolGradient", []*ort.Tensor{whole(r, 1, 8, 4, 4), whole(r, 1, 16, 2, 2)}, one.attributes(8), "different batches or channels"},
		{"PoolGradient", []*ort.Tensor{whole(r, 1, 12, 4, 4), whole(r, 1, 12, 2, 2)}, one.attributes(8), "whole blocks"},
		{"PoolGradient", []*ort.Tensor{whole(r, 1, 8, 4, 4), whole(r, 1, 8, 2, 2)}, one.attributes(5), "1, 8 or 16"},
		{"PoolGradient", []*ort.Tensor{whole(r, 1, 8, 4, 4), whole(r, 1, 8, 2, 2)}, short.attributes(8), "number of values"},
		{"PoolGradient", []*ort.Tensor{whole(r, 1, 8, 4, 4), whole(r, 1, 8, 2, 2)}, still.attributes(8), "not possible"},
		{"Interleave", []*ort.Tensor{whole(r, 1, 8, 4, 4), whole(r, 1, 8, 4, 4), whole(r, 1, 8, 4, 4)}, interleaved, "more images than places"},
		{"Interleave", []*ort.Tensor{whole(r, 1, 8, 4, 4), whole(r, 1, 8, 4, 5)}, interleaved, "different shapes"},
		{"SwishGradient", []*ort.Tensor{whole(r, 2), whole(r, 2), whole(r, 3)}, nil, "different shapes"},
		{"Scale", []*ort.Tensor{whole(r, 1, 8, 4, 4), whole(r, 1, 8, 1, 4)}, interleaved[2:], "one value for every channel"},
		{"Scale", []*ort.Tensor{whole(r, 1, 8, 4, 4)}, interleaved[2:], "a factor"},
		{"ChannelSlice", []*ort.Tensor{whole(r, 1, 8, 4, 4)}, []*onnx.Attribute{onnx.IntAttr("start", 4), onnx.IntAttr("count", 5)}, "not so many channels"},
		{"ChannelDot", []*ort.Tensor{whole(r, 1, 8, 4, 4), whole(r, 1, 8, 4, 5)}, interleaved[2:], "different shapes"},
	} {
		if _, err := run(t, c.op, c.inputs, c.attributes...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want an error that says %q", c.op, err, c.says)
		}
	}
}
