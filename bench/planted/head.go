package main

import "math"

// head is a linear classifier of features: a row for each class, the last value of which is
// its bias.
type head struct {
	features int
	weights  [][]float64
}

func newHead(features, classes int) head {
	h := head{features, make([][]float64, classes)}
	for c := range h.weights {
		h.weights[c] = make([]float64, features+1)
	}
	return h
}

func (h head) classes() int { return len(h.weights) }

// logits are those of a sample.
func (h head) logits(features []float32) []float32 {
	out := make([]float32, h.classes())
	for c, row := range h.weights {
		sum := row[h.features]
		for i, v := range features {
			sum += row[i] * float64(v)
		}
		out[c] = float32(sum)
	}
	return out
}

// fitRounds is how many steps of accelerated gradient descent fit a head (Nesterov 1983).
const fitRounds = 100

// fitted fits a softmax regression to features with their classes. It starts from a head, and is
// drawn to it by the decay times half the squared distance, in units of the features' deviations.
func fitted(from head, features [][]float32, labels []int, decay float64) head {
	mean, scale := spread(features)
	x := make([][]float64, len(features))
	for i, f := range features {
		x[i] = make([]float64, from.features+1)
		for j, v := range f {
			x[i][j] = (float64(v) - mean[j]) / scale[j]
		}
		x[i][from.features] = 1
	}
	moved, ahead := newHead(from.features, from.classes()), newHead(from.features, from.classes())
	offsets := make([][]float64, len(features))
	for i, f := range features {
		for _, v := range from.logits(f) {
			offsets[i] = append(offsets[i], float64(v))
		}
	}
	rate := 1 / (0.5*largest(x) + decay)
	for round := range fitRounds {
		slope := gradient(ahead, x, offsets, labels, decay)
		beyond := float64(round) / float64(round+3)
		for c := range moved.weights {
			for j := range moved.weights[c] {
				next := ahead.weights[c][j] - rate*slope.weights[c][j]
				ahead.weights[c][j] = next + beyond*(next-moved.weights[c][j])
				moved.weights[c][j] = next
			}
		}
	}
	out := newHead(from.features, from.classes())
	for c := range out.weights {
		bias := moved.weights[c][from.features]
		for j := range mean {
			w := moved.weights[c][j] / scale[j]
			out.weights[c][j] = from.weights[c][j] + w
			bias -= w * mean[j]
		}
		out.weights[c][from.features] = from.weights[c][from.features] + bias
	}
	return out
}

// gradient is that of the mean cross entropy and the decay.
func gradient(h head, x, offsets [][]float64, labels []int, decay float64) head {
	g := newHead(h.features, h.classes())
	p := make([]float64, h.classes())
	for i, row := range x {
		sum, most := 0.0, math.Inf(-1)
		for c, w := range h.weights {
			p[c] = offsets[i][c]
			for j, v := range row {
				p[c] += w[j] * v
			}
			most = math.Max(most, p[c])
		}
		for c := range p {
			p[c] = math.Exp(p[c] - most)
			sum += p[c]
		}
		for c := range p {
			d := p[c] / sum
			if c == labels[i] {
				d--
			}
			d /= float64(len(x))
			for j, v := range row {
				g.weights[c][j] += d * v
			}
		}
	}
	for c := range g.weights {
		for j := range g.weights[c] {
			g.weights[c][j] += decay * h.weights[c][j]
		}
	}
	return g
}

// spread is the mean of each feature and its deviation, of which none is less than a hundredth
// of the largest.
func spread(features [][]float32) (mean, deviation []float64) {
	n := float64(len(features))
	mean, deviation = make([]float64, len(features[0])), make([]float64, len(features[0]))
	most := 0.0
	for j := range mean {
		for _, f := range features {
			mean[j] += float64(f[j]) / n
		}
		for _, f := range features {
			deviation[j] += (float64(f[j]) - mean[j]) * (float64(f[j]) - mean[j]) / n
		}
		deviation[j] = math.Sqrt(deviation[j])
		most = math.Max(most, deviation[j])
	}
	for j := range deviation {
		deviation[j] = math.Max(deviation[j], most/100)
	}
	return mean, deviation
}

// largest is the largest eigenvalue of the second moments of rows, by power iteration.
func largest(x [][]float64) float64 {
	v := make([]float64, len(x[0]))
	for j := range v {
		v[j] = 1 / float64(j+1)
	}
	value := 0.0
	for range 30 {
		next := make([]float64, len(v))
		for _, row := range x {
			dot := 0.0
			for j := range row {
				dot += row[j] * v[j]
			}
			for j := range row {
				next[j] += dot * row[j] / float64(len(x))
			}
		}
		value = 0
		for _, a := range next {
			value += a * a
		}
		value = math.Sqrt(value)
		for j := range v {
			v[j] = next[j] / value
		}
	}
	return 1.05 * value
}
