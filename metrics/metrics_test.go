package metrics

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A matrix small enough to check by hand: 3 classes, one sample undecided.
func TestConfusionByHand(t *testing.T) {
	labels := []int{0, 0, 0, 1, 1, 2}
	predicted := []int{0, 1, NoDecision, 1, 1, 0}
	c, err := Count(labels, predicted, 3)
	if err != nil {
		t.Fatal(err)
	}
	if want := []uint32{1, 1, 0, 1, 0, 2, 0, 0, 1, 0, 0, 0}; !slices.Equal(c.Counts, want) {
		t.Errorf("counts %v, want %v", c.Counts, want)
	}
	if c.Total() != 6 || c.Correct() != 3 || c.Undecided() != 1 || c.Accuracy() != 0.5 {
		t.Errorf("total %d, correct %d, undecided %d, accuracy %v", c.Total(), c.Correct(), c.Undecided(), c.Accuracy())
	}
	near(t, "balanced accuracy", c.BalancedAccuracy(), (1.0/3+1+0)/3)
	near(t, "chance", c.Chance(), 0.5)
	near(t, "macro precision", c.Macro().Precision, (0.5+2.0/3+0)/3)
	near(t, "micro precision", c.Micro().Precision, 3.0/5)
	near(t, "micro recall", c.Micro().Recall, 3.0/6)
	near(t, "weighted F1", c.Weighted().F1, (3*0.4+2*0.8)/6)
	want := []Pair{{0, 1, 1, 3, 1.0 / 3}, {2, 0, 1, 1, 1}}
	if got := c.TopConfusions(0); !slices.Equal(got, want) {
		t.Errorf("confusions %v, want %v", got, want)
	}
	if got := c.TopConfusions(1); !slices.Equal(got, want[:1]) {
		t.Errorf("first confusion %v, want %v", got, want[:1])
	}
}

func TestCountRejects(t *testing.T) {
	for _, c := range []struct{ labels, predicted []int }{
		{[]int{0}, []int{0, 1}}, {[]int{3}, []int{0}}, {[]int{-1}, []int{0}}, {[]int{0}, []int{3}}, {[]int{0}, []int{-2}},
	} {
		if _, err := Count(c.labels, c.predicted, 3); err == nil {
			t.Errorf("labels %v, predictions %v: no error", c.labels, c.predicted)
		}
	}
}

func TestNothingToCount(t *testing.T) {
	c := NewConfusion(3)
	values := []float64{
		c.Accuracy(), c.BalancedAccuracy(), c.Macro().F1, c.Micro().F1, c.Weighted().F1,
		TopK(nil, 3, nil, 1), LogLoss(nil, 3, nil), LogLossEach(nil, 3, nil), Brier(nil, 3, nil), ECE(nil),
		PrecisionRecall(nil, nil).AveragePrecision(), Spearman(nil, nil),
	}
	for i, v := range values {
		if v != 0 {
			t.Errorf("value %d of nothing is %v, want 0", i, v)
		}
	}
	if !math.IsNaN(PrecisionRecall(nil, nil).ROCAUC()) || !math.IsNaN(MacroROCAUC(nil, 3, nil)) {
		t.Error("the AUC of nothing is a number")
	}
}

// The example of scikit-learn's user guide for average_precision_score and
// precision_recall_curve: y = 0 0 1 1, scores = .1 .4 .35 .8.
func TestCurvePublished(t *testing.T) {
	c := PrecisionRecall([]float32{0.1, 0.4, 0.35, 0.8}, []bool{false, false, true, true})
	near(t, "average precision", c.AveragePrecision(), 5.0/6)
	near(t, "AUC", c.ROCAUC(), 0.75)
	want := []Point{
		{float64(float32(0.8)), 1, 0.5, 1, 0, 1}, {float64(float32(0.4)), 0.5, 0.5, 1, 1, 1},
		{float64(float32(0.35)), 2.0 / 3, 1, 2, 1, 0}, {float64(float32(0.1)), 0.5, 1, 2, 2, 0},
	}
	if !slices.Equal(c.Points, want) {
		t.Errorf("points %v, want %v", c.Points, want)
	}
}

// AUC is the share of (positive, negative) pairs in the right order, counted here.
func TestAUCAgreesWithCountingPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		n := 2 + r.IntN(40)
		scores, positive := make([]float32, n), make([]bool, n)
		for i := range scores {
			scores[i] = float32(r.IntN(7)-3) * 0.5
			positive[i] = r.IntN(3) == 0
		}
		pairs, right := 0, 0.0
		for i := range n {
			for j := range n {
				if positive[i] && !positive[j] {
					pairs++
					if scores[i] > scores[j] {
						right++
					} else if scores[i] == scores[j] {
						right += 0.5
					}
				}
			}
		}
		if got := PrecisionRecall(scores, positive).ROCAUC(); pairs > 0 {
			near(t, "AUC", got, right/float64(pairs))
		}
	}
}

func TestSortOrdersEveryFloat(t *testing.T) {
	inf := float32(math.Inf(1))
	nan := float32(math.NaN())
	scores := []float32{nan, -inf, -2, float32(math.Copysign(0, -1)), 0, 1e-45, 1, inf, -1e-45}
	r := rand.New(rand.NewPCG(5, 5))
	for range 1000 {
		scores = append(scores, float32(r.NormFloat64())*float32(math.Pow(10, float64(r.IntN(60)-30))))
	}
	positive := make([]bool, len(scores))
	positive[4] = true
	keys := descending(scores, positive)
	for i := 1; i < len(keys); i++ {
		a, b := keys[i-1].value(), keys[i].value()
		if !(a >= b) && b == b {
			t.Fatalf("%v stands before %v", a, b)
		}
	}
	if last := keys[len(keys)-1].value(); last == last {
		t.Errorf("last is %v, want NaN", last)
	}
	if rank(0, true).score() != rank(float32(math.Copysign(0, -1)), false).score() {
		t.Error("the two zeros are not equal")
	}
}

func TestThinKeepsTheEnds(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	scores, positive := make([]float32, 5000), make([]bool, 5000)
	for i := range scores {
		positive[i] = r.IntN(4) == 0
		scores[i] = float32(r.NormFloat64())
		if positive[i] {
			scores[i]++
		}
	}
	c := PrecisionRecall(scores, positive)
	for _, limit := range []int{2, 3, 100, 500} {
		thin := c.Thin(limit)
		n := len(thin.Points)
		if n > limit || n < limit/2 || thin.Points[0] != c.Points[0] || thin.Points[n-1] != c.Points[len(c.Points)-1] {
			t.Errorf("limit %d: %d points", limit, n)
		}
		for i := 1; i < n; i++ {
			if thin.Points[i].Threshold >= thin.Points[i-1].Threshold {
				t.Fatalf("limit %d: thresholds do not fall at %d", limit, i)
			}
		}
	}
	if few := c.Thin(len(c.Points)); len(few.Points) != len(c.Points) {
		t.Error("thinned a curve that fits")
	}
}

// TestLogLossOfEachClass: scores that do not exclude each other are not divided by their sum,
// in log loss as in Brier's score.
func TestLogLossOfEachClass(t *testing.T) {
	scores := []float32{0.5, 0.5, 0.25, 0, 1, 0}
	near(t, "log loss of each", LogLossEach(scores[:3], 3, []int{1}), 2*math.Ln2-math.Log(0.75))
	near(t, "log loss of both samples", LogLossEach(scores, 3, []int{1, 1}), (2*math.Ln2-math.Log(0.75))/2)
	near(t, "Brier of each", Brier(scores[:3], 3, []int{1}), 0.25+0.25+0.0625)
	if got := LogLossEach(scores[3:], 3, []int{0}); math.IsInf(got, 0) || got < 60 {
		t.Errorf("surely wrong on two classes costs %v", got)
	}
}

func TestLogSumExp(t *testing.T) {
	near(t, "ln(e + e² + e³)", LogSumExp([]float32{1, 2, 3}), 3.40760596444438013)
	if got := LogSumExp([]float32{1000, 0}); got != 1000 {
		t.Errorf("beside a large value: %v, want 1000", got)
	}
	if got := LogSumExp([]float32{float32(math.Inf(-1))}); !math.IsInf(got, -1) {
		t.Errorf("log of a sum of zeros: %v", got)
	}
}

// ECE by hand: confidences .95 (right), .85 (wrong), .55 (right) in ten bins.
func TestECEByHand(t *testing.T) {
	bins := Calibration([]float32{0.95, 0.85, 0.55}, []bool{true, false, true}, 10)
	if got, want := ECE(bins), (0.05+0.85+0.45)/3; math.Abs(got-want) > 1e-7 {
		t.Errorf("ECE %v, want %v", got, want)
	}
	edge := Calibration([]float32{0.5, 0, 1}, []bool{true, true, true}, 2)
	if edge[0].Count != 2 || edge[1].Count != 1 {
		t.Errorf("bins hold %d and %d, want 2 and 1", edge[0].Count, edge[1].Count)
	}
}

func TestHistogramEdges(t *testing.T) {
	got := Histogram([]float32{0, 0.25, 0.5, 0.75, 1, -0.1, 1.1, float32(math.NaN())}, 0, 1, 4)
	if want := []int{1, 1, 1, 2}; !slices.Equal(got, want) {
		t.Errorf("counts %v, want %v", got, want)
	}
}

// Many values are ranked as few are: by how many are smaller, and how many equal.
func TestSpearmanOfMany(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	a, b := make([]float32, 5000), make([]float32, 5000)
	for i := range a {
		a[i] = float32(r.IntN(2000)-1000) * float32(r.IntN(3)) // ties, zeros of both signs
		b[i] = a[i] + float32(500*r.NormFloat64())
	}
	a[17], b[18] = float32(math.Inf(1)), float32(math.Inf(-1))
	slow := func(values []float32) []float64 {
		ranks := make([]float64, len(values))
		for i, v := range values {
			smaller, equal := 0, 0
			for _, w := range values {
				if w < v {
					smaller++
				}
				if w == v {
					equal++
				}
			}
			ranks[i] = float64(smaller) + float64(equal+1)/2
		}
		return ranks
	}
	x, y := slow(a), slow(b)
	var xy, xx, yy float64
	for i := range x {
		dx, dy := x[i]-2500.5, y[i]-2500.5
		xy, xx, yy = xy+dx*dy, xx+dx*dx, yy+dy*dy
	}
	near(t, "many", Spearman(a, b), xy/math.Sqrt(xx*yy))
}

func TestSpearmanByHand(t *testing.T) {
	a := []float32{106, 86, 100, 101, 99, 103, 97, 113, 112, 110}
	b := []float32{7, 0, 27, 50, 28, 29, 20, 12, 6, 17}
	near(t, "IQ and television", Spearman(a, b), -29.0/165) // the example of Wikipedia's article
	near(t, "ties", Spearman([]float32{1, 2, 2, 3}, []float32{1, 2, 3, 4}), 0.9486832980505138)
	near(t, "itself", Spearman(a, a), 1)
	for i := range b {
		b[i] = -a[i] * a[i]
	}
	near(t, "falling", Spearman(a, b), -1)
	if Spearman(a, make([]float32, 10)) != 0 || Spearman([]float32{1, float32(math.NaN())}, []float32{1, 2}) != 0 {
		t.Error("a correlation with a constant or NaN is not 0")
	}
}
