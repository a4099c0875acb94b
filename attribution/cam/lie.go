package cam

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/imaging"
)

// Where the positions of a layer lie in the model's input. Spread evenly, each would lie in the middle
// of its cell. But a layer that pads by one and goes on by two sees, from its first position, what is
// around the first pixel, so that four of them move all positions by half a cell; and that is not all:
// training moves them too, by weights on one side, and moves them back where a network is so deep that
// it sees most of the image. So it is measured, not computed: at the positions in the middle, which the
// edges do not touch, it is the middle of the squared gradients by the input, of random sums of channels
// on random images. Positions that see the whole image were never found to be moved by more than chance,
// and one gradient tells that they do.

const (
	// looks is how many random images and sums of channels are tried at a position: as few as tell, for each
	// costs a gradient, and the first map of a model waits for them.
	looks = 2
	// fine is how many parts of a cell are told apart.
	fine = 16
	// sure is how many standard errors a move must be large to be believed: else cells are even.
	sure = 3.5
)

// lying is the note under which it is kept where the positions of a layer lie.
type lying struct{ layer string }

// placedLayer is FindLayer, with where the layer's positions lie.
func placedLayer(ctx context.Context, d attribution.Differentiable, wanted string) (Layer, error) {
	l, err := FindLayer(ctx, d, wanted)
	if err != nil {
		return l, err
	}
	g, err := d.Graph()
	if err != nil {
		return l, err
	}
	if found, ok := g.Notes.Load(lying{l.Tensor}); ok {
		l.across, l.down = found.([2]imaging.Line)[0], found.([2]imaging.Line)[1]
		return l, nil
	}
	x, y, err := moves(ctx, d, l)
	if err != nil { // even, then; and measured once runs are possible: on trial there are none
		return l, ctx.Err()
	}
	_, height, width, _ := d.Shape()
	l.across, l.down = moved(l.Grid.Width, width, x), moved(l.Grid.Height, height, y)
	g.Notes.Store(lying{l.Tensor}, [2]imaging.Line{l.across, l.down})
	return l, nil
}

// Laid is the geometry of a map of the layer's positions, made of that of the input.
func (l Layer) Laid(input imaging.Geometry) imaging.Geometry {
	return input.Laid(l.Grid.Width, l.Grid.Height, l.across, l.down)
}

// moved is the line of so many cells, even over so many pixels but for the move that was found, in cells.
func moved(cells, pixels int, by []float64) imaging.Line {
	n, mean, squares := float64(len(by)), 0.0, 0.0
	for _, v := range by {
		mean += v / n
	}
	for _, v := range by {
		squares += (v - mean) * (v - mean)
	}
	if n < 2 || math.Abs(mean) <= sure*math.Sqrt(squares/(n-1)/n) {
		return imaging.Line{}
	}
	step := float64(pixels) / float64(cells)
	return imaging.Line{First: step/2 - 0.5 + step*math.Round(mean*fine)/fine, Step: step}
}

// moves are how far positions in the middle of a layer were found from the middles of even cells, in cells.
func moves(ctx context.Context, d attribution.Differentiable, l Layer) (x, y []float64, err error) {
	trunk, err := openTrunk(d, l)
	if err != nil {
		return nil, nil, nil // no gradient, nothing to measure: positions are taken as even
	}
	_, height, width, _ := d.Shape()
	random := rand.New(rand.NewPCG(17, 19))
	for range looks {
		for _, row := range middle(l.Grid.Height) {
			for _, column := range middle(l.Grid.Width) {
				seed := make([]float32, l.Grid.Length)
				for c := range l.Grid.Channels {
					seed[l.Grid.At(row, column)+c*l.Grid.ChannelStride] = float32(random.NormFloat64())
				}
				out, err := trunk.Run(ctx, 1, noise(random, d), seed)
				if err != nil {
					return nil, nil, err
				}
				if len(x) == 0 && reaches(d, out[0]) {
					return nil, nil, nil
				}
				if cx, cy, ok := centroid(d, out[0]); ok {
					x = append(x, cx/float64(width)*float64(l.Grid.Width)-float64(column)-0.5)
					y = append(y, cy/float64(height)*float64(l.Grid.Height)-float64(row)-0.5)
				}
			}
		}
	}
	return x, y, nil
}

// openTrunk opens what gives the gradient by the input of a weighted sum of a layer's values.
func openTrunk(d attribution.Differentiable, l Layer) (autodiff.Program, error) {
	trunk, err := d.Program("places "+l.Tensor, func(g *autodiff.Graph) (*autodiff.Recipe, error) {
		r, err := autodiff.Gradient(autodiff.Trunk(g.Model, l.Tensor), autodiff.Options{Of: l.Tensor, With: []string{g.Input}})
		if err != nil {
			return nil, err
		}
		r.Model.Graph.KeepOutputs(r.Gradients...)
		return &autodiff.Recipe{Model: r.Model, Inputs: []string{g.Input, r.Seed}, Outputs: r.Gradients}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("differentiate the model up to %s: %w", l.Tensor, err)
	}
	return trunk, nil
}

// middle are the one or two places in the middle of n.
func middle(n int) []int {
	if n%2 == 1 {
		return []int{n / 2}
	}
	return []int{n/2 - 1, n / 2}
}

// noise is a grey image of noise with as much of it in large things as in small ones.
func noise(random *rand.Rand, d attribution.Differentiable) []float32 {
	channels, height, width, layout := d.Shape()
	stepPlace, stepChannel := 1, height*width
	if layout == imaging.NHWC {
		stepPlace, stepChannel = channels, 1
	}
	input := make([]float32, d.InputLen())
	for size := 1; size <= max(height, width); size *= 2 {
		across := width/size + 1
		values := make([]float64, across*(height/size+1))
		for i := range values {
			values[i] = 0.5 * random.NormFloat64()
		}
		for i := range height * width {
			for c := range channels {
				input[i*stepPlace+c*stepChannel] += float32(values[i/width/size*across+i%width/size])
			}
		}
	}
	return input
}

// reaches is whether a gradient is other than zero at all four edges of the input: a position that
// sees the whole image is not moved. Outside of what it sees the gradient is zero to the bit.
func reaches(d attribution.Differentiable, gradient []float32) bool {
	channels, height, width, layout := d.Shape()
	var left, right, top, bottom bool
	for i, v := range gradient {
		if v == 0 {
			continue
		}
		place := i % (height * width)
		if layout == imaging.NHWC {
			place = i / channels
		}
		column, row := place%width, place/width
		left, right, top, bottom = left || column == 0, right || column == width-1, top || row == 0, bottom || row == height-1
	}
	return left && right && top && bottom
}

// centroid is the middle of the squares of an input's gradient, in pixels whose middles lie at +0.5.
func centroid(d attribution.Differentiable, gradient []float32) (x, y float64, ok bool) {
	channels, height, width, layout := d.Shape()
	sum := 0.0
	for i, v := range gradient {
		place := i % (height * width)
		if layout == imaging.NHWC {
			place = i / channels
		}
		square := float64(v) * float64(v)
		sum, x, y = sum+square, x+square*float64(place%width), y+square*float64(place/width)
	}
	return x/sum + 0.5, y/sum + 0.5, sum > 0 && !math.IsInf(sum, 0)
}
