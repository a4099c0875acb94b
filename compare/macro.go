package compare

// counts are what F1 is made of, by class: right answers, and labels + predictions.
type counts struct {
	right, all map[int]float64
}

func (k *counts) add(truth, predicted, n int) {
	if k.right == nil {
		k.right, k.all = map[int]float64{}, map[int]float64{}
	}
	k.all[truth] += float64(n)
	if predicted != NoDecision {
		k.all[predicted] += float64(n)
	}
	if truth == predicted {
		k.right[truth] += float64(n)
	}
}

// f1 is the mean over the classes that occur, as metrics.Confusion.Macro.
func (k *counts) f1() float64 {
	sum := 0.0
	for class, all := range k.all {
		sum += 2 * k.right[class] / all
	}
	return sum / max(1, float64(len(k.all)))
}

// influence is how much the macro F1 of n images would move if one image with this label
// and prediction had a little more weight, times n: its value under the infinitesimal
// jackknife (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, ch. 21).
func (k *counts) influence(truth, predicted int, n float64) float64 {
	of := func(class int, hit float64) float64 {
		all := k.all[class]
		return 2*hit/all - 2*k.right[class]/(all*all)
	}
	hit := 0.0
	if truth == predicted {
		hit = 0.5 // label and prediction are one class: half of it each
	}
	sum := of(truth, hit)
	if predicted != NoDecision {
		sum += of(predicted, hit)
	}
	return n * sum / float64(len(k.all))
}

// macroF1 is the difference of the macro F1 with the interval that the images' influences
// on it give.
func macroF1(cells []Cell, n int, now, before counts) Difference {
	d := Difference{Before: before.f1(), Now: now.f1()}
	square := 0.0
	for _, c := range cells {
		v := now.influence(c.Truth, c.Now, float64(n)) - before.influence(c.TruthBefore, c.Before, float64(n))
		square += float64(c.Count) * v * v
	}
	if n > 0 {
		d.Difference = within(d.Now-d.Before, square, n)
	}
	return d
}
