package imaging

import "math"

// tensorTaps are the float32 weights of one direction of tf.image.resize without
// antialiasing: output i reads index[i*size+k] with weight[i*size+k].
type tensorTaps struct {
	index  []int
	weight []float32
	size   int
}

// tensorflowTaps follows TensorFlow's resize kernels with half-pixel centres:
// two taps (ResizeBilinear), or four of Keys' cubic (a = −0.5) from a table of
// 1024 steps, weights outside the image dropped and the rest scaled to sum 1
// (ResizeBicubic).
func tensorflowTaps(in, out, from, to int, f Filter) tensorTaps {
	t := tensorTaps{size: 2}
	if f == Bicubic {
		t.size = 4
	}
	scale := float32(in) / float32(out)
	for i := from; i < to; i++ {
		at := float32((float32(i)+0.5)*scale) - 0.5
		whole := int(math.Floor(float64(at)))
		fraction := at - float32(whole)
		weights := []float32{1 - fraction, fraction}
		if f == Bicubic {
			weights = keysWeights(fraction, whole, in)
		}
		for k, w := range weights {
			t.index = append(t.index, min(max(whole-t.size/2+1+k, 0), in-1))
			t.weight = append(t.weight, w)
		}
	}
	return t
}

// keysWeights are the weights of positions whole−1 … whole+2 of in.
func keysWeights(fraction float32, whole, in int) []float32 {
	const steps = 1 << 10
	offset := math.RoundToEven(float64(fraction) * steps)
	weights := make([]float32, 4)
	sum := float32(0)
	for k := range weights {
		if at := whole - 1 + k; at < 0 || at >= in {
			continue
		}
		distance := math.Abs(offset/steps + 1 - float64(k))
		weights[k] = float32(bicubicAt(distance, -0.5))
		sum += weights[k]
	}
	if sum != 0 {
		for k := range weights {
			weights[k] *= 1 / sum
		}
	}
	return weights
}

// resizeTensorFlow returns the window's values 0..255 (bicubic: a little beyond)
// as float32, interleaved RGB: nothing is rounded to 8 bits.
func resizeTensorFlow(im *Image, w window, f Filter) []float32 {
	columns := tensorflowTaps(im.Width, w.width, w.x0, w.x1, f)
	rows := tensorflowTaps(im.Height, w.height, w.y0, w.y1, f)
	out := make([]float32, 3*w.w()*w.h())
	for i := range out {
		x, y, c := i/3%w.w(), i/3/w.w(), i%3
		var values [4]float32
		for k := range rows.size {
			row := im.row(rows.index[y*rows.size+k])[c:]
			values[k] = weigh(row, columns.index[x*columns.size:(x+1)*columns.size], columns.weight[x*columns.size:])
		}
		weights := rows.weight[y*rows.size:]
		if rows.size == 2 {
			out[i] = values[0] + float32((values[1]-values[0])*weights[1])
			continue
		}
		for k := range 4 {
			out[i] += float32(values[k] * weights[k])
		}
	}
	return out
}

// weigh mixes the pixels of row at the given indices.
func weigh(row []uint8, index []int, weights []float32) float32 {
	if len(index) == 2 {
		a, b := float32(row[3*index[0]]), float32(row[3*index[1]])
		return a + float32((b-a)*weights[1])
	}
	sum := float32(0)
	for k, at := range index {
		sum += float32(float32(row[3*at]) * weights[k])
	}
	return sum
}
