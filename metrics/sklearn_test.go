package metrics

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os/exec"
	"testing"
)

// oracle is what testdata/oracle.py answers for one generated case.
type oracle struct {
	Confusion        [][]int
	Accuracy         float64
	BalancedAccuracy float64 `json:"balanced_accuracy"`
	PerClass         [][]float64
	F2               []float64
	Kappa            *float64
	MCC              float64
	FHalf            []float64 // macro, weighted
	Macro            []float64
	Micro            []float64
	Weighted         []float64
	TopK             []float64
	LogLoss          float64 `json:"log_loss"`
	MacroAUC         *float64
	Curves           []struct {
		AP         float64
		AUC        *float64
		Precision  []float64
		Recall     []float64
		Thresholds []float64
		Brier      float64
		ProbTrue   []float64
		ProbPred   []float64
	}
	Histogram []int
	Edges     []float64
}

type evaluation struct {
	Classes   int         `json:"classes"`
	Labels    []int       `json:"labels"`
	Predicted []int       `json:"predicted"`
	Scores    [][]float32 `json:"scores"`
	flat      []float32
}

// generate draws an evaluation with the awkward features asked for: few
// distinct scores (ties), classes that never occur, samples without decision.
func generate(r *rand.Rand, n, classes, absent, levels, undecided int) evaluation {
	e := evaluation{Classes: classes}
	for i := range n {
		label := r.IntN(classes - absent)
		row := make([]float32, classes)
		sum := float32(0)
		for k := range row {
			row[k] = float32(1 + r.IntN(levels))
			if k == label {
				row[k] *= 1.5
			}
			sum += row[k]
		}
		best := 0
		for k := range row {
			row[k] /= sum
			if row[k] > row[best] {
				best = k
			}
		}
		if i < undecided {
			best = NoDecision
		}
		e.Labels = append(e.Labels, label)
		e.Predicted = append(e.Predicted, best)
		e.Scores = append(e.Scores, row)
		e.flat = append(e.flat, row...)
	}
	return e
}

func cases() []evaluation {
	r := rand.New(rand.NewPCG(7, 11))
	return []evaluation{
		generate(r, 200, 2, 0, 5, 0),
		generate(r, 300, 5, 0, 1000, 0),
		generate(r, 300, 7, 3, 3, 0),
		generate(r, 150, 4, 1, 2, 40),
		generate(r, 3, 3, 2, 2, 0),
		generate(r, 1, 2, 1, 2, 0),
	}
}

// ask sends the cases to scikit-learn; the test is skipped where it is absent.
func ask(t *testing.T, evaluations []evaluation) []oracle {
	t.Helper()
	python := "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import sklearn, numpy").Run(); err != nil {
		t.Skip("needs scikit-learn in /usr/bin/python3 (Debian: python3-sklearn): ", err)
	}
	input, err := json.Marshal(evaluations)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-W", "ignore", "testdata/oracle.py")
	cmd.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("oracle: %v\n%s", err, stderr.String())
	}
	var answers []oracle
	if err := json.Unmarshal(output, &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}

func TestScikitLearn(t *testing.T) {
	evaluations := cases()
	for i, want := range ask(t, evaluations) {
		e := evaluations[i]
		c, err := Count(e.Labels, e.Predicted, e.Classes)
		if err != nil {
			t.Fatal(err)
		}
		compareConfusion(t, c, want)
		compareProbabilities(t, e, want)
		for k := range e.Classes {
			compareCurve(t, e, k, want)
		}
	}
}

func compareConfusion(t *testing.T, c *Confusion, want oracle) {
	t.Helper()
	for i, row := range want.Confusion {
		for j, n := range row {
			if j <= c.Classes && int(c.Row(i)[j]) != n {
				t.Errorf("cell %d,%d: %d, want %d", i, j, c.Row(i)[j], n)
			}
		}
	}
	near(t, "accuracy", c.Accuracy(), want.Accuracy)
	near(t, "balanced accuracy", c.BalancedAccuracy(), want.BalancedAccuracy)
	near(t, "MCC", c.MCC(), want.MCC)
	near(t, "macro F0.5", c.MacroFBeta(0.5), want.FHalf[0])
	near(t, "weighted F0.5", c.WeightedFBeta(0.5), want.FHalf[1])
	if kappa := c.Kappa(); want.Kappa == nil {
		if !math.IsNaN(kappa) {
			t.Errorf("kappa is %v, want NaN", kappa)
		}
	} else {
		near(t, "kappa", kappa, *want.Kappa)
	}
	for i, k := range c.PerClass() {
		near(t, "precision", k.Precision, want.PerClass[0][i])
		near(t, "recall", k.Recall, want.PerClass[1][i])
		near(t, "F1", k.F1, want.PerClass[2][i])
		near(t, "support", float64(k.Support), want.PerClass[3][i])
		near(t, "F2", k.FBeta(2), want.F2[i])
	}
	for name, pair := range map[string]struct {
		got  Averages
		want []float64
	}{"macro": {c.Macro(), want.Macro}, "micro": {c.Micro(), want.Micro}, "weighted": {c.Weighted(), want.Weighted}} {
		near(t, name+" precision", pair.got.Precision, pair.want[0])
		near(t, name+" recall", pair.got.Recall, pair.want[1])
		near(t, name+" F1", pair.got.F1, pair.want[2])
	}
}

func compareProbabilities(t *testing.T, e evaluation, want oracle) {
	t.Helper()
	for k := 1; k <= e.Classes; k++ {
		near(t, "top-k", TopK(e.flat, e.Classes, e.Labels, k), want.TopK[k-1])
	}
	near(t, "log loss", LogLoss(e.flat, e.Classes, e.Labels), want.LogLoss)
	if want.MacroAUC != nil {
		near(t, "macro AUC", MacroROCAUC(e.flat, e.Classes, e.Labels), *want.MacroAUC)
	}
	if edges := Edges(0, 1, 20); len(edges) == len(want.Edges) {
		for i := range edges {
			if edges[i] != want.Edges[i] {
				t.Errorf("edge %d: %v, want %v", i, edges[i], want.Edges[i])
			}
		}
	}
	for i, n := range Histogram(e.flat, 0, 1, 20) {
		if n != want.Histogram[i] {
			t.Errorf("histogram bin %d: %d, want %d", i, n, want.Histogram[i])
		}
	}
	brier := 0.0
	for _, c := range want.Curves {
		brier += c.Brier
	}
	near(t, "Brier", Brier(e.flat, e.Classes, e.Labels), brier)
}

func compareCurve(t *testing.T, e evaluation, class int, o oracle) {
	t.Helper()
	want := o.Curves[class]
	scores, positive := column(e, class)
	curve := PrecisionRecall(scores, positive)
	near(t, "average precision", curve.AveragePrecision(), want.AP)
	if auc := curve.ROCAUC(); want.AUC == nil {
		if !math.IsNaN(auc) {
			t.Errorf("AUC of a class without both kinds: %v, want NaN", auc)
		}
	} else {
		near(t, "AUC", auc, *want.AUC)
	}
	if len(curve.Points) != len(want.Thresholds) {
		t.Fatalf("%d points, want %d", len(curve.Points), len(want.Thresholds))
	}
	for i, p := range curve.Points {
		j := len(want.Thresholds) - 1 - i
		near(t, "threshold", p.Threshold, want.Thresholds[j])
		near(t, "precision", p.Precision, want.Precision[j])
		if curve.Positives > 0 {
			near(t, "recall", p.Recall, want.Recall[j])
		}
	}
	compareBins(t, Calibration(scores, positive, 10), want.ProbTrue, want.ProbPred)
}

// compareBins skips empty bins, as calibration_curve does.
func compareBins(t *testing.T, bins []Bin, accuracy, confidence []float64) {
	t.Helper()
	i := 0
	for _, b := range bins {
		if b.Count == 0 {
			continue
		}
		if i == len(accuracy) {
			t.Fatalf("more bins than scikit-learn's %d", len(accuracy))
		}
		near(t, "bin accuracy", b.Accuracy, accuracy[i])
		near(t, "bin confidence", b.Confidence, confidence[i])
		i++
	}
	if i != len(accuracy) {
		t.Errorf("%d bins, want %d", i, len(accuracy))
	}
}

func column(e evaluation, class int) ([]float32, []bool) {
	scores := make([]float32, len(e.Labels))
	positive := make([]bool, len(e.Labels))
	for i, label := range e.Labels {
		scores[i] = e.Scores[i][class]
		positive[i] = label == class
	}
	return scores, positive
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*math.Max(1, math.Abs(want))) {
		t.Errorf("%s: %.17g, want %.17g", what, got, want)
	}
}
