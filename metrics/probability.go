package metrics

import "math"

// logLossFloor keeps a probability of 0 from costing infinitely much:
// float64's machine epsilon, as scikit-learn's log_loss.
const logLossFloor = 0x1p-52

// LogLoss is the mean of −ln(probability of the label), natural logarithm, as
// scikit-learn's log_loss: probabilities are clipped to [ε, 1−ε], ε = 2⁻⁵², and
// each row divided by its sum. 0 without samples.
func LogLoss(probabilities []float32, classes int, labels []int) float64 {
	sum := 0.0
	for i, label := range labels {
		row := probabilities[i*classes : (i+1)*classes]
		total := 0.0
		for _, p := range row {
			total += clip(p)
		}
		sum -= math.Log(clip(row[label]) / total)
	}
	return meanOf(sum, len(labels))
}

// LogLossEach is LogLoss where every score is a probability by itself, of a class that does
// not exclude the others: the mean over samples of Σ over classes of −ln(probability) for
// the label and −ln(1 − probability) for all others, clipped likewise. As Brier's, its sum is
// over classes and no row is divided by its own. 0 without samples.
func LogLossEach(probabilities []float32, classes int, labels []int) float64 {
	sum := 0.0
	for i, label := range labels {
		for k, p := range probabilities[i*classes : (i+1)*classes] {
			if k == label {
				sum -= math.Log(clip(p))
			} else {
				sum -= math.Log1p(-clip(p))
			}
		}
	}
	return meanOf(sum, len(labels))
}

func clip(p float32) float64 {
	return math.Min(math.Max(float64(p), logLossFloor), 1-logLossFloor)
}

// LogSumExp is ln Σ exp(x), without overflow; −Inf for an empty slice.
func LogSumExp(xs []float32) float64 {
	largest := math.Inf(-1)
	for _, x := range xs {
		largest = math.Max(largest, float64(x))
	}
	if math.IsInf(largest, 0) {
		return largest
	}
	sum := 0.0
	for _, x := range xs {
		sum += math.Exp(float64(x) - largest)
	}
	return largest + math.Log(sum)
}

// Brier is the mean over samples of Σ over classes of (probability − truth)²,
// truth being 1 for the label and 0 otherwise: Brier's own definition (Monthly
// Weather Review 78, 1950), in [0, 2] where the probabilities add up to 1, else in [0, classes].
// For two classes it is twice what
// scikit-learn's binary brier_score_loss gives. 0 without samples.
func Brier(probabilities []float32, classes int, labels []int) float64 {
	sum := 0.0
	for i, label := range labels {
		for k, p := range probabilities[i*classes : (i+1)*classes] {
			d := float64(p)
			if k == label {
				d--
			}
			sum += d * d
		}
	}
	return meanOf(sum, len(labels))
}

func meanOf(sum float64, n int) float64 {
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}
