package attribution

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/sightline/sightline/imaging"
)

// FillKind is what a hidden place is replaced by.
type FillKind string

// The kinds of fill.
const (
	FillMean  FillKind = "mean"  // zero in the model's input: image_mean of the preprocessing (grey for −1..1, black for 0..1)
	FillValue FillKind = "value" // Fill.Values, one per channel: black, or a dataset's mean, as the model sees it
	FillBlur  FillKind = "blur"  // the image itself, blurred
)

// BlurShare is the standard deviation of FillBlur's Gaussian as a share of the
// input's longer side: 14 pixels at 224. The kernel is cut off at three standard
// deviations; beyond its edge the image continues with its outermost pixels.
const BlurShare = 1.0 / 16

// Fill says what a hidden place is replaced by. The zero value is FillMean.
type Fill struct {
	Kind   FillKind
	Values []float32 // for FillValue: one value per channel, in the units of the model's input
}

// ColourFill is the fill by one colour of the image, 0 to 255 per channel, as
// the model sees it after the preprocessing: black, or a dataset's mean colour.
func ColourFill(p *imaging.Preprocessing, red, green, blue uint8) (Fill, error) {
	width, height := p.OutputSize()
	im := &imaging.Image{Width: width, Height: height, Pix: make([]uint8, 3*width*height)}
	for i := 0; i < len(im.Pix); i += 3 {
		im.Pix[i], im.Pix[i+1], im.Pix[i+2] = red, green, blue
	}
	channels := max(p.Channels, 1)
	seen := make([]float32, channels*width*height)
	if _, err := p.Apply(im, seen, imaging.NHWC); err != nil {
		return Fill{}, fmt.Errorf("find the fill of colour %d,%d,%d: %w", red, green, blue, err)
	}
	centre := (height/2*width + width/2) * channels // never in a padding
	return Fill{Kind: FillValue, Values: seen[centre : centre+channels]}, nil
}

// ParseFill reads "mean", "blur", "black", or a colour as "R,G,B" with values
// from 0 to 255.
func ParseFill(s string, p *imaging.Preprocessing) (Fill, error) {
	switch s {
	case "", string(FillMean):
		return Fill{Kind: FillMean}, nil
	case string(FillBlur):
		return Fill{Kind: FillBlur}, nil
	case "black":
		return ColourFill(p, 0, 0, 0)
	}
	var colour [3]uint8
	parts := strings.Split(s, ",")
	for i := range colour {
		if len(parts) != 3 {
			return Fill{}, fmt.Errorf("fill %q is none of mean, blur, black, R,G,B", s)
		}
		v, err := strconv.ParseUint(strings.TrimSpace(parts[i]), 10, 8)
		if err != nil {
			return Fill{}, fmt.Errorf("fill %q: a colour's values are whole numbers from 0 to 255", s)
		}
		colour[i] = uint8(v)
	}
	return ColourFill(p, colour[0], colour[1], colour[2])
}

// Plane returns the replacement of every input value, or nil where all are zero.
func (f Fill) Plane(s Scorer, input []float32) ([]float32, error) {
	channels, height, width, layout := s.Shape()
	switch f.Kind {
	case "", FillMean:
		return nil, nil
	case FillValue:
		if len(f.Values) != channels {
			return nil, fmt.Errorf("fill: %d values for %d channels", len(f.Values), channels)
		}
		out := make([]float32, len(input))
		eachValue(channels, height, width, layout, func(i, channel int) { out[i] = f.Values[channel] })
		return out, nil
	case FillBlur:
		return blurInput(input, channels, height, width, layout), nil
	}
	return nil, fmt.Errorf("fill %q is none of mean, value, blur", f.Kind)
}

func eachValue(channels, height, width int, layout imaging.Layout, visit func(i, channel int)) {
	for i := range channels * height * width {
		if layout == imaging.NHWC {
			visit(i, i%channels)
		} else {
			visit(i, i/(height*width))
		}
	}
}

// blurInput blurs each channel with a separable Gaussian, rows then columns.
func blurInput(input []float32, channels, height, width int, layout imaging.Layout) []float32 {
	kernel := gaussian(BlurShare * float64(max(height, width)))
	stepX, stepY, stepC := 1, width, height*width
	if layout == imaging.NHWC {
		stepX, stepY, stepC = channels, width*channels, 1
	}
	rows := make([]float32, len(input))
	out := make([]float32, len(input))
	for c := range channels {
		for y := range height {
			convolve(rows[c*stepC+y*stepY:], input[c*stepC+y*stepY:], width, stepX, kernel)
		}
		for x := range width {
			convolve(out[c*stepC+x*stepX:], rows[c*stepC+x*stepX:], height, stepY, kernel)
		}
	}
	return out
}

// convolve filters n values that lie step apart, repeating the outermost ones.
func convolve(dst, src []float32, n, step int, kernel []float64) {
	radius := len(kernel) / 2
	for i := range n {
		sum := 0.0
		for k, weight := range kernel {
			j := min(max(i+k-radius, 0), n-1)
			sum += weight * float64(src[j*step])
		}
		dst[i*step] = float32(sum)
	}
}

// gaussian is a kernel of odd length, cut off at three sigma, that sums to 1.
func gaussian(sigma float64) []float64 {
	radius := int(math.Ceil(3 * sigma))
	kernel := make([]float64, 2*radius+1)
	sum := 0.0
	for i := range kernel {
		d := float64(i-radius) / sigma
		kernel[i] = math.Exp(-d * d / 2)
		sum += kernel[i]
	}
	for i := range kernel {
		kernel[i] /= sum
	}
	return kernel
}
