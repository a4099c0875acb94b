package attribution_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
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
		l := testkit.NewLinear(3, height, width, 2, layout)
		input := l.Sample()
		at := func(p, c int) int {
			if layout == imaging.NHWC {
				return p*3 + c
			}
			return c*width*height + p
		}
		got, err := attribution.Fill{Kind: attribution.FillBlur}.Plane(l, input)
		if err != nil {
			t.Fatal(err)
		}
		c := r.IntN(3)
		plane := make([]float64, width*height)
		for p := range plane {
			plane[p] = float64(input[at(p, c)])
		}
		for p, want := range slowBlur(plane, width, height, attribution.BlurShare*width) {
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
	fill, err := attribution.ColourFill(&p, 0, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	for c, want := range []float64{-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225} {
		if fill.Kind != attribution.FillValue || math.Abs(float64(fill.Values[c])-want) > 1e-5 {
			t.Errorf("black: %v, want %v in channel %d", fill, want, c)
		}
	}
	mean, err := attribution.ColourFill(&p, 124, 116, 104)
	if err != nil || math.Abs(float64(mean.Values[1])) > 0.01 {
		t.Errorf("the mean colour is %v (%v), want about zero", mean, err)
	}
	if caffe, ok := imaging.Preset("caffe"); ok {
		red, err := attribution.ColourFill(&caffe, 255, 0, 0)
		if err != nil || !(red.Values[2] > 100 && red.Values[0] < 0) {
			t.Errorf("red in BGR is %v (%v)", red.Values, err)
		}
	}
}

func TestUnknownFill(t *testing.T) {
	l := testkit.NewLinear(1, 4, 4, 2, imaging.NCHW)
	if _, err := (attribution.Fill{Kind: "glitter"}).Plane(l, l.Sample()); err == nil {
		t.Error("no error")
	}
}

// The colour a model is normalised by is its mean fill.
func TestTheMeanColourIsTheMeanFill(t *testing.T) {
	p, _ := imaging.Preset("imagenet")
	fill, err := attribution.ParseFill("124,116,104", &p)
	if err != nil {
		t.Fatal(err)
	}
	for c, v := range fill.Values {
		if math.Abs(float64(v)) > 0.011 { // half a step of 1/255, in standard deviations
			t.Errorf("channel %d: %v, want about zero", c, v)
		}
	}
}
