package probing

import "math"

// losses are the log losses of samples, in nats: the logits of each, classes long, divided by
// one temperature, the one that makes their mean least. So a candidate is ranked by how well
// the model tells the classes apart with it, not by how sure the model is of itself: inputs
// that are too faint make a model less sure, which a plain log loss rewards where it errs.
// A sample whose truth is negative, or whose logits are no numbers, counts as guessed.
func losses(logits []float32, classes int, truth []int) (loss []float64, right []bool) {
	rows := usable(logits, classes, truth)
	t := temperature(rows)
	loss, right = make([]float64, len(truth)), make([]bool, len(truth))
	for i, r := range rows {
		if r.values == nil {
			loss[i] = math.Log(float64(classes))
			continue
		}
		loss[i], _ = r.at(t)
		right[i] = r.right()
	}
	return loss, right
}

// row is a sample's logits minus the largest of them.
type row struct {
	values []float64
	truth  int
}

func usable(logits []float32, classes int, truth []int) []row {
	rows := make([]row, len(truth))
	for i, c := range truth {
		values := logits[i*classes : (i+1)*classes]
		top := float32(math.Inf(-1))
		fine := c >= 0
		for _, v := range values {
			fine = fine && v-v == 0
			top = max(top, v)
		}
		if !fine {
			continue
		}
		rows[i] = row{make([]float64, classes), c}
		for k, v := range values {
			rows[i].values[k] = float64(v) - float64(top)
		}
	}
	return rows
}

// at is the log loss at inverse temperature b, and its slope in b.
func (r row) at(b float64) (loss, slope float64) {
	sum, weighted := 0.0, 0.0
	for _, v := range r.values {
		if v*b < -40 {
			continue
		}
		e := math.Exp(v * b)
		sum += e
		weighted += v * e
	}
	z := r.values[r.truth]
	return math.Log(sum) - z*b, weighted/sum - z
}

// right says whether the truth has the largest logit, alone.
func (r row) right() bool {
	for k, v := range r.values {
		if v >= r.values[r.truth] && k != r.truth && (v > r.values[r.truth] || k < r.truth) {
			return false
		}
	}
	return true
}

// coolest and hottest bound the logarithm of the inverse temperature, relative to the spread
// of the logits.
const coolest, hottest = 6, -6

// temperature is the inverse temperature with the least mean loss, which is convex in it.
func temperature(rows []row) float64 {
	scale, n := 0.0, 0
	for _, r := range rows {
		for _, v := range r.values {
			scale -= v
			n++
		}
	}
	if n == 0 || scale == 0 {
		return 1
	}
	unit := float64(n) / scale
	low, high := float64(hottest), float64(coolest)
	for range 14 {
		middle := (low + high) / 2
		slope := 0.0
		for _, r := range rows {
			if r.values != nil {
				_, s := r.at(unit * math.Exp(middle))
				slope += s
			}
		}
		if slope > 0 {
			high = middle
		} else {
			low = middle
		}
	}
	return unit * math.Exp((low+high)/2)
}
