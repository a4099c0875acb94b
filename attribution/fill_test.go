package attribution

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/imaging"
)

// slowBlur is the two-dimensional Gaussian, pixel by pixel.
func slowBlur(plane []float64, width, height int, sigma float64) []float64 {
	radius := int(math.Ceil(3 * sigma))
	out := make([]float64, len(plane))
	for i := range out {
		sum, weights := 0.0, 0.0
		for dy := -radius; dy <= radius; dy++ {
			for dx := -radius; dx <= radius; dx++ {
				x, y := min(max(i%width+dx, 0), width-1), min(max(i/width+dy, 0), height-1)
				w := math.Exp(-float64(dx*dx+dy*dy) / (2 * sigma * sigma))
				sum += w * plane[y*width+x]
				weights += w
			}
		}
		out[i] = sum / weights
	}
	return out
}

func TestBlurFillIsAGaussian(t *testing.T) {
	const width, height = 24, 17
	r := rand.New(rand.NewPCG(8, 8))
	for _, layout := range []imaging.Layout{imaging.NCHW, imaging.NHWC} {
		l := newLinear(3, height, width, 2, layout)
		input := l.sample()
		at := func(p, c int) int {
			if layout == imaging.NHWC {
				return p*3 + c
			}
			return c*width*height + p
		}
		got, err := Fill{Kind: FillBlur}.plane(l, input)
		if err != nil {
			t.Fatal(err)
		}
		c := r.IntN(3)
		plane := make([]float64, width*height)
		for p := range plane {
			plane[p] = float64(input[at(p, c)])
		}
		for p, want := range slowBlur(plane, width, height, BlurShare*width) {
			if math.Abs(float64(got[at(p, c)])-want) > 1e-5 {
				t.Fatalf("%s, channel %d, pixel %d: %v, want %v", layout, c, p, got[at(p, c)], want)
			}
		}
	}
}

func TestColourFill(t *testing.T) {
	p, ok := imaging.Preset("imagenet")
	if !ok {
		t.Fatal("no imagenet preset")
	}
	fill, err := ColourFill(&p, 0, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	for c, want := range []float64{-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225} {
		if fill.Kind != FillValue || math.Abs(float64(fill.Values[c])-want) > 1e-5 {
			t.Errorf("black: %v, want %v in channel %d", fill, want, c)
		}
	}
	mean, err := ColourFill(&p, 124, 116, 104)
	if err != nil || math.Abs(float64(mean.Values[1])) > 0.01 {
		t.Errorf("the mean colour is %v (%v), want about zero", mean, err)
	}
	if caffe, ok := imaging.Preset("caffe"); ok {
		red, err := ColourFill(&caffe, 255, 0, 0)
		if err != nil || !(red.Values[2] > 100 && red.Values[0] < 0) {
			t.Errorf("red in BGR is %v (%v)", red.Values, err)
		}
	}
}

func TestUnknownFill(t *testing.T) {
	l := newLinear(1, 4, 4, 2, imaging.NCHW)
	if _, err := (Fill{Kind: "glitter"}).plane(l, l.sample()); err == nil {
		t.Error("no error")
	}
}

// Whatever replaces a hidden place, the effect of a cell in an additive model is
// what its pixels are worth more than the fill is.
func TestEveryFillIsWhatHiddenPlacesGet(t *testing.T) {
	p, _ := imaging.Preset("imagenet")
	for _, layout := range []imaging.Layout{imaging.NCHW, imaging.NHWC} {
		l := newLinear(3, 16, 16, 2, layout)
		r := l.request()
		r.Target = Target{Kind: OneClass, Class: 1}
		for _, text := range []string{"mean", "black", "blur", "124,116,104", "10,200,30"} {
			fill, err := ParseFill(text, &p)
			if err != nil {
				t.Fatal(err)
			}
			hidden := make([]float32, len(r.Input))
			if plane, err := fill.plane(l, r.Input); err != nil {
				t.Fatal(err)
			} else if plane != nil {
				hidden = plane
			}
			worth := make([]float64, 16)
			for i, w := range l.weights[1] {
				pixel := i % 256
				if layout == imaging.NHWC {
					pixel = i / 3
				}
				worth[pixel/16/4*4+pixel%16/4] += float64(w) * float64(r.Input[i]-hidden[i])
			}
			r.Fill = fill
			for _, m := range []Method{Occlusion{Grid: 4, Window: 1}, Factorial{Grid: 4, Runs: 1, Hard: true}, KernelSHAP{Grid: 4, Samples: 300}} {
				for c, v := range explain(t, m, l, r).Values {
					if math.Abs(float64(v)-worth[c]) > 2e-4 {
						t.Fatalf("%s, %s, fill %s, cell %d: %v, want %v", m.Name(), layout, text, c, v, worth[c])
					}
				}
			}
		}
	}
}

// The colour a model is normalised by is its mean fill.
func TestTheMeanColourIsTheMeanFill(t *testing.T) {
	p, _ := imaging.Preset("imagenet")
	fill, err := ParseFill("124,116,104", &p)
	if err != nil {
		t.Fatal(err)
	}
	for c, v := range fill.Values {
		if math.Abs(float64(v)) > 0.011 { // half a step of 1/255, in standard deviations
			t.Errorf("channel %d: %v, want about zero", c, v)
		}
	}
}
