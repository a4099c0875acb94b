package results

import (
	"slices"

	"github.com/sightline/sightline/internal/order"
)

// areasOf gives what metrics.PrecisionRecall gives, to the bit, without sorting
// the negatives: both areas depend only on how many negatives lie above, at and
// between the scores of the positives, which are few.
func areasOf(scores []float32, truth []int32, class int) Areas {
	var positive []float32
	for i, t := range truth {
		if int(t) == class {
			positive = append(positive, scores[i])
		}
	}
	a := Areas{Class: class, Positives: len(positive)}
	slices.Sort(positive)
	steps := slices.Compact(slices.Clone(positive)) // ascending
	at, above := make([]int, len(steps)), make([]int, len(steps)+1)
	index := newStepIndex(steps)
	for i, t := range truth {
		if int(t) == class || len(steps) == 0 || scores[i] < steps[0] {
			continue
		}
		if k, equal := index.find(scores[i]); equal {
			at[k]++
		} else {
			above[k]++ // above step k-1, below step k
		}
	}
	a.sum(positive, steps, at, above, len(truth)-len(positive))
	return a
}

// sum walks down the thresholds: above[k] negatives lie between steps k-1 and
// k, at[k] on step k.
func (a *Areas) sum(positive, steps []float32, at, above []int, negatives int) {
	if a.Positives == 0 {
		return
	}
	precision, doubled := 0.0, 0.0
	tp, fp, left := 0, 0, len(positive)
	for k := len(steps) - 1; k >= 0; k-- {
		doubled += float64(above[k+1]) * float64(2*tp)
		fp += above[k+1] + at[k]
		before := tp
		for left > 0 && positive[left-1] == steps[k] {
			left--
			tp++
		}
		precision += float64(tp-before) * (float64(tp) / float64(tp+fp))
		doubled += float64(at[k]) * float64(tp+before)
	}
	doubled += float64(negatives-fp) * float64(2*tp)
	a.AveragePrecision = precision / float64(a.Positives)
	if negatives > 0 {
		area := doubled / 2 / float64(a.Positives) / float64(negatives)
		a.ROCAUC = &area
	}
}

// stepIndex finds a number among ascending ones: the leading bits of a float
// order as the float does, so they narrow the search to a few neighbours.
type stepIndex struct {
	steps []float32
	start [1<<stepBits + 1]int32
}

const stepBits = 13 // sign, exponent and four bits of the mantissa

func newStepIndex(steps []float32) *stepIndex {
	x := &stepIndex{steps: steps}
	k := 0
	for bucket := range x.start {
		for k < len(steps) && stepBucket(steps[k]) < bucket {
			k++
		}
		x.start[bucket] = int32(k)
	}
	return x
}

// stepBucket is the leading bits of v, turned so that they order as v does.
func stepBucket(v float32) int { return int(order.Key(v) >> (32 - stepBits)) }

// find returns the place of v, or of the next larger number, as
// slices.BinarySearch does.
func (x *stepIndex) find(v float32) (place int, equal bool) {
	bucket := stepBucket(v)
	low, high := x.start[bucket], x.start[bucket+1]
	place, equal = slices.BinarySearch(x.steps[low:high], v)
	return int(low) + place, equal
}
