package metrics

import "math"

// Point is one place of a precision–recall curve: what happens when every
// sample that scores at least Threshold is taken for the class.
type Point struct {
	Threshold         float64
	Precision, Recall float64
	TP, FP, FN        int
}

// Curve is a precision–recall curve with one point per distinct score, highest
// threshold first, so recall rises along it.
type Curve struct {
	Positives, Negatives int
	Points               []Point
}

// PrecisionRecall draws the curve of one class from its score and its truth in
// every sample (positive[i] says that sample i has the label). Samples with
// equal scores enter together. It has the points of scikit-learn's
// precision_recall_curve, in the other direction and without the end point
// (precision 1, recall 0) that it appends. Without positives recall is 0 here
// (1 there, by convention). NaN scores rank below all others.
func PrecisionRecall(scores []float32, positive []bool) Curve {
	keys := descending(scores, positive)
	c := Curve{}
	for _, k := range keys {
		c.Positives += k.positive()
	}
	c.Negatives = len(keys) - c.Positives
	tp, fp := 0, 0
	for i, k := range keys {
		tp += k.positive()
		fp += 1 - k.positive()
		if i+1 < len(keys) && keys[i+1].score() == k.score() {
			continue
		}
		c.Points = append(c.Points, Point{
			Threshold: float64(k.value()), TP: tp, FP: fp, FN: c.Positives - tp,
			Precision: ratio(tp, tp+fp), Recall: ratio(tp, c.Positives),
		})
	}
	return c
}

// AveragePrecision is Σ (Rₙ − Rₙ₋₁)·Pₙ over the curve, without interpolation
// (scikit-learn's average_precision_score). 0 without positives.
func (c Curve) AveragePrecision() float64 {
	sum, before := 0.0, 0
	for _, p := range c.Points {
		sum += float64(p.TP-before) * p.Precision
		before = p.TP
	}
	if c.Positives == 0 {
		return 0
	}
	return sum / float64(c.Positives)
}

// ROCAUC is the area under the ROC curve: the probability that a positive
// scores above a negative, ties counting half. NaN unless there are both.
func (c Curve) ROCAUC() float64 {
	if c.Positives == 0 || c.Negatives == 0 {
		return math.NaN()
	}
	doubled, tp, fp := 0.0, 0, 0 // doubled area in units of (positive, negative) pairs: whole numbers
	for _, p := range c.Points {
		doubled += float64(p.FP-fp) * float64(p.TP+tp)
		tp, fp = p.TP, p.FP
	}
	return doubled / 2 / float64(c.Positives) / float64(c.Negatives)
}

// Thin keeps at most limit points (limit ≥ 2): the first, the last, and between
// them the points nearest to even steps along the curve's length in the
// recall–precision square, so steep and flat parts are both drawn well.
func (c Curve) Thin(limit int) Curve {
	if len(c.Points) <= limit || limit < 2 {
		return c
	}
	length := make([]float64, len(c.Points))
	for i := 1; i < len(c.Points); i++ {
		a, b := c.Points[i-1], c.Points[i]
		length[i] = length[i-1] + math.Abs(a.Recall-b.Recall) + math.Abs(a.Precision-b.Precision)
	}
	last := len(c.Points) - 1
	step := length[last] / float64(limit-1)
	kept := make([]Point, 0, limit)
	for i, p := range c.Points {
		due := float64(len(kept)) * step
		if i == 0 || (length[i] >= due && len(kept) < limit-1) {
			kept = append(kept, p)
		}
	}
	if kept[len(kept)-1] != c.Points[last] {
		kept = append(kept, c.Points[last])
	}
	return Curve{Positives: c.Positives, Negatives: c.Negatives, Points: kept}
}

// MacroROCAUC is the mean one-versus-rest ROC AUC over the classes that have
// both positives and negatives among the labels (scikit-learn's
// roc_auc_score(multi_class="ovr", average="macro") where it is defined). NaN
// where no class has both.
func MacroROCAUC(scores []float32, classes int, labels []int) float64 {
	sum, defined := 0.0, 0
	column := make([]float32, len(labels))
	positive := make([]bool, len(labels))
	for k := range classes {
		for i, label := range labels {
			column[i] = scores[i*classes+k]
			positive[i] = label == k
		}
		if auc := PrecisionRecall(column, positive).ROCAUC(); !math.IsNaN(auc) {
			sum += auc
			defined++
		}
	}
	if defined == 0 {
		return math.NaN()
	}
	return sum / float64(defined)
}
