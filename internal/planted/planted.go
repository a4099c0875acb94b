// Package planted makes classifiers with a known shortcut, and their clean twins, for tests:
// images with a faint object and a corner tag, and a linear head that is fitted to them. What
// the head came to look at follows from the images alone.
package planted

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/sightline/sightline/onnx"
)

// Sizes of the images and of what is on them, in pixels.
const (
	Side    = 48
	tagSide = 12 // a quarter of the side, in the corner at the bottom right
	objSide = 20 // in the middle
	pool    = 6  // of the model: each value is the mean of so many pixels a side
	cells   = Side / pool
	inputs  = 3 * cells * cells
)

// Classes is how many there are; they are labelled "0", "1", ….
const Classes = 3

// quick writes images that nobody keeps.
var quick = png.Encoder{CompressionLevel: png.BestSpeed}

// Options of a set of images and a model.
type Options struct {
	Seed      uint64
	PerClass  int     // images to look at, besides as many for the fit
	Tagged    float64 // share of images whose tag has the colour of their class; the others' is any class's
	Object    float64 // contrast of the object, 0 to 1
	WithTags  bool    // whether there are tags at all
	Unrelated bool    // the tags' colours have nothing to do with the classes
	Twice     bool    // a second tag of the same colour is in the opposite corner: either decides
	Small     bool    // tags are half as wide, in the outermost quarter of the corner
}

// Write writes images into dir, a folder per class, and a model as model.onnx that was fitted
// to others of the same kind.
func Write(dir string, o Options) error {
	r := rand.New(rand.NewPCG(o.Seed, 77))
	var fit [][]float64
	var labels []int
	for i := range Classes * 150 {
		fit, labels = append(fit, pooled(draw(r, i%Classes, o))), append(labels, i%Classes)
	}
	weights := fitted(fit, labels)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "model.onnx"), model(weights).Marshal(), 0o644); err != nil {
		return err
	}
	for i := range Classes * o.PerClass {
		folder := filepath.Join(dir, "images", fmt.Sprint(i%Classes))
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		var buf bytes.Buffer
		if err := quick.Encode(&buf, draw(r, i%Classes, o)); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%04d.png", i)), buf.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// draw draws an image of a class: an uneven background, a square in the middle that is a bit
// of the class's colour, and a tag.
func draw(r *rand.Rand, class int, o Options) *image.RGBA {
	im := image.NewRGBA(image.Rect(0, 0, Side, Side))
	var base, slope [3]float64
	for c := range 3 {
		base[c], slope[c] = 90+60*r.Float64(), 40*(r.Float64()-0.5)
	}
	tag := class
	if o.Unrelated || r.Float64() >= o.Tagged {
		tag = r.IntN(Classes)
	}
	left := (Side - objSide) / 2
	strength := o.Object * (0.5 + r.Float64())
	for i := range Side * Side {
		x, y := i%Side, i/Side
		var v [3]float64
		for c := range v {
			v[c] = base[c] + slope[c]*float64(x+y)/Side + 8*r.NormFloat64()
			if x >= left && x < left+objSide && y >= left && y < left+objSide && c == class {
				v[c] += 100 * strength
			}
			if o.WithTags && o.tagged(x, y) {
				v[c] = 60
				if c == tag {
					v[c] = 200
				}
			}
		}
		im.SetRGBA(x, y, color.RGBA{level(v[0]), level(v[1]), level(v[2]), 255})
	}
	return im
}

// tagged tells whether a tag covers a pixel.
func (o *Options) tagged(x, y int) bool {
	side := tagSide
	if o.Small {
		side /= 2
	}
	return x >= Side-side && y >= Side-side || o.Twice && x < side && y < side
}

func level(v float64) uint8 { return uint8(math.Min(255, math.Max(0, v))) }

// pooled are the means that the model makes of an image, in its order, and 1.
func pooled(im *image.RGBA) []float64 {
	out := make([]float64, inputs+1)
	for i := range Side * Side {
		x, y := i%Side, i/Side
		at := im.RGBAAt(x, y)
		for c, v := range []uint8{at.R, at.G, at.B} {
			out[(c*cells+y/pool)*cells+x/pool] += float64(v) / 255 / (pool * pool)
		}
	}
	out[inputs] = 1
	return out
}

// fitted fits a softmax regression with a little weight decay by gradient descent.
func fitted(features [][]float64, labels []int) [Classes][]float64 {
	const rounds, rate, decay = 400, 0.6, 1e-3
	var w [Classes][]float64
	for c := range w {
		w[c] = make([]float64, inputs+1)
	}
	for range rounds {
		var slope [Classes][]float64
		for c := range slope {
			slope[c] = make([]float64, inputs+1)
		}
		for i, x := range features {
			p := softmax(w, x)
			for c := range w {
				d := p[c]
				if c == labels[i] {
					d--
				}
				d /= float64(len(features))
				to := slope[c][:len(x)]
				for j, v := range x {
					to[j] += d * v
				}
			}
		}
		for c := range w {
			for j := range w[c] {
				w[c][j] -= rate * (slope[c][j] + decay*w[c][j])
			}
		}
	}
	return w
}

func softmax(w [Classes][]float64, x []float64) (p [Classes]float64) {
	a, b, c := w[0][:len(x)], w[1][:len(x)], w[2][:len(x)]
	var ofA, ofB, ofC float64
	for j, v := range x { // side by side the sums do not wait for one another
		ofA += a[j] * v
		ofB += b[j] * v
		ofC += c[j] * v
	}
	p = [Classes]float64{math.Exp(ofA), math.Exp(ofB), math.Exp(ofC)}
	sum := p[0] + p[1] + p[2]
	for c := range p {
		p[c] /= sum
	}
	return p
}

// model is the pooling and the head as an ONNX file.
func model(w [Classes][]float64) *onnx.Model {
	var weights, bias []float32
	for c := range w {
		for _, v := range w[c][:inputs] {
			weights = append(weights, float32(v))
		}
		bias = append(bias, float32(w[c][inputs]))
	}
	g := &onnx.Graph{Name: "planted",
		Inputs:  []*onnx.Value{onnx.NewValue("image", onnx.Float32, -1, 3, Side, Side)},
		Outputs: []*onnx.Value{onnx.NewValue("scores", onnx.Float32, -1, Classes)},
		Initializers: []*onnx.Tensor{
			onnx.FloatTensor("weights", weights, Classes, inputs), onnx.FloatTensor("bias", bias, Classes)},
		Nodes: []*onnx.Node{
			onnx.NewNode("AveragePool", []string{"image"}, []string{"pooled"}, onnx.IntsAttr("kernel_shape", pool, pool), onnx.IntsAttr("strides", pool, pool)),
			onnx.NewNode("Flatten", []string{"pooled"}, []string{"features"}, onnx.IntAttr("axis", 1)),
			onnx.NewNode("Gemm", []string{"features", "weights", "bias"}, []string{"scores"}, onnx.IntAttr("transB", 1)),
		}}
	return &onnx.Model{IRVersion: 7, Opsets: []onnx.Opset{{Version: 13}}, ProducerName: "planted", Graph: g}
}
