package attribution

import "math"

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

func (eigenCAM) card() Card {
	return Card{
		Name: "eigencam", Title: "EigenCAM",
		Description: "Shows along which direction the last layer's features differ most from place to place: what stands out to the model, whatever the class. " +
			"It is class-agnostic: the map is the same for every target.",
		Cost:     "1 run of the model",
		Failures: "Says nothing of the class: a map that looks right does not show that the class was decided there. Its sign is chosen so that active places are high, which may be wrong where the background is the more active.",
		Paper:    "Muhammad & Yeasin, Eigen-CAM: class activation map using principal components, IJCNN 2020",
	}
}

func (eigenCAM) combine(g Grid, values, _, out []float32) {
	centred, sizes := g.centred(values)
	map64 := projection(centred, len(out), g.Channels)
	agree := 0.0
	for i, v := range map64 {
		agree += v * sizes[i]
	}
	for i, v := range map64 {
		out[i] = float32(math.Copysign(1, agree) * v)
	}
}

// centred returns the values, places × channels, less the channels' means, and the
// squared length of every place's values before that.
func (g Grid) centred(values []float32) (matrix, sizes []float64) {
	means := g.channelMeans(values)
	matrix, sizes = make([]float64, g.Height*g.Width*g.Channels), make([]float64, g.Height*g.Width)
	g.each(func(place, i int) {
		for c, mean := range means {
			v := float64(values[i+c*g.ChannelStride])
			matrix[place*g.Channels+c] = v - mean
			sizes[place] += v * v
		}
	})
	return matrix, sizes
}

// projection returns the rows of a matrix times its first right singular vector,
// which is the first left singular vector times its singular value. It is found
// from the smaller of the two products of the matrix with itself.
func projection(matrix []float64, height, width int) []float64 {
	out := make([]float64, height)
	if height <= width {
		vector, value := largestEigen(gram(matrix, height), height)
		for i := range out {
			out[i] = math.Sqrt(max(value, 0)) * vector[i]
		}
		return out
	}
	vector, _ := largestEigen(gram(transposed(matrix, width), width), width)
	for i := range out {
		out[i] = inner(matrix[i*width:(i+1)*width], vector)
	}
	return out
}

// gram is the n×n matrix of products of a matrix's n rows.
func gram(matrix []float64, n int) []float64 {
	out, length := make([]float64, n*n), len(matrix)/n
	for i := range n {
		row := matrix[i*length : (i+1)*length]
		for j := range i + 1 {
			product := inner(row, matrix[j*length:(j+1)*length])
			out[i*n+j], out[j*n+i] = product, product
		}
	}
	return out
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
