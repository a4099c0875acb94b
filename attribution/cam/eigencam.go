package cam

import (
	"math"

	"github.com/sightline/sightline/attribution"
)

// EigenCAM is the projection of a layer's values on their first principal
// component, over places (Muhammad & Yeasin 2020, "Eigen-CAM: class activation map
// using principal components"). Each channel's mean is taken off first, as
// pytorch-grad-cam does and the paper does not; the map then has mean zero. It is
// the same for every class and target.
//
// A component's sign is arbitrary. It is chosen so that the map goes with the size
// of the values: its product with the places' squared length, summed, is not
// negative. So what is high on the map is where the layer is active.
type EigenCAM = CAM[eigenCAM]

type eigenCAM struct{}

func (eigenCAM) blind() bool { return true }

func (eigenCAM) card() attribution.Card {
	return attribution.Card{
		Name: "eigencam", Title: "EigenCAM",
		Description: "Shows along which direction the last layer's features differ most from place to place. That is what stands out to the model, " +
			"whatever the class: the map is the same for every target.",
		Cost: "1 run of the model",
		Failures: "Says nothing of the class. A map that looks right does not show that the class was decided there. Its sign is chosen so that " +
			"active places are high; this may be wrong where the background is more active.",
		Paper: "Muhammad & Yeasin, Eigen-CAM: class activation map using principal components, IJCNN 2020",
	}
}

func (eigenCAM) combine(g Grid, values, _, out []float32) {
	component, sizes := firstComponent(g, values)
	agree := 0.0
	for i, v := range component {
		agree += v * sizes[i]
	}
	for i, v := range component {
		out[i] = float32(math.Copysign(1, agree) * v)
	}
}

// firstComponent returns the values, places × channels less the channels' means,
// times their first right singular vector, which is the first left singular vector
// times its singular value; and the squared length of every place's values. It is
// found from the smaller of the two products of that matrix with itself.
func firstComponent(g Grid, values []float32) (component, sizes []float64) {
	places := g.Height * g.Width
	matrix, sizes := centred(g, values)
	if places > g.Channels {
		vector, _ := largestEigen(products(transposed(matrix, places), places, g.Channels), g.Channels)
		component = make([]float64, places)
		for c, w := range vector {
			axpy(w, matrix[c*places:(c+1)*places], component)
		}
		return component, sizes
	}
	component, value := largestEigen(products(matrix, g.Channels, places), places)
	scale(math.Sqrt(max(value, 0)), component)
	return component, sizes
}

// centred returns the values, channels × places, less the channels' means, and the
// squared length of every place's values before that.
func centred(g Grid, values []float32) (matrix, sizes []float64) {
	places := g.Height * g.Width
	matrix, sizes = make([]float64, g.Channels*places), make([]float64, places)
	for c := range g.Channels {
		row, sum := matrix[c*places:(c+1)*places], 0.0
		g.Plane(values, c, row)
		for i, v := range row {
			sum += v
			sizes[i] += v * v
		}
		mean := sum / float64(places)
		for i := range row {
			row[i] -= mean
		}
	}
	return matrix, sizes
}

// products is the n×n matrix of products of a matrix's n columns. Four rows are taken
// at once: each sum is then read and written a quarter as often.
func products(matrix []float64, height, n int) []float64 {
	out, none := make([]float64, n*n), make([]float64, n)
	row := func(i int) []float64 {
		if i >= height {
			return none
		}
		return matrix[i*n : (i+1)*n]
	}
	for k := 0; k < height; k += 4 {
		a, b, c, d := row(k), row(k+1), row(k+2), row(k+3)
		for i := range n {
			sums := out[i*n : i*n+i+1]
			addFour(sums, a[:i+1], b[:i+1], c[:i+1], d[:i+1])
		}
	}
	for i := range n {
		for j := range i {
			out[j*n+i] = out[i*n+j]
		}
	}
	return out
}

// addFour adds to sums four vectors of their length, each times its last element.
func addFour(sums, a, b, c, d []float64) {
	last := len(sums) - 1
	p, q, r, s := a[last], b[last], c[last], d[last]
	a, b, c, d = a[:len(sums)], b[:len(sums)], c[:len(sums)], d[:len(sums)]
	for j := range sums {
		sums[j] += p*a[j] + q*b[j] + r*c[j] + s*d[j]
	}
}

// transposed swaps the rows and columns of a matrix with rows of the given width.
func transposed(matrix []float64, width int) []float64 {
	out, height := make([]float64, len(matrix)), len(matrix)/width
	for i := range height {
		for j := range width {
			out[j*height+i] = matrix[i*width+j]
		}
	}
	return out
}
