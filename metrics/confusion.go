package metrics

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// NoDecision is the prediction of a sample whose confidence is under the
// threshold: it belongs to no class's column, yet still counts in every total.
const NoDecision = -1

// Confusion counts samples by label (row) and prediction (column). Counts has
// Classes rows of Classes+1 columns; the last column holds samples without a
// decision.
type Confusion struct {
	Classes int
	Counts  []uint32
}

// NewConfusion returns an empty matrix for that many classes.
func NewConfusion(classes int) *Confusion {
	return &Confusion{Classes: classes, Counts: make([]uint32, classes*(classes+1))}
}

// Count tallies pairs of label and prediction. A prediction of NoDecision goes
// to the last column; any other index outside 0 ≤ i < classes is an error that
// names the sample's position.
func Count(labels, predicted []int, classes int) (*Confusion, error) {
	if len(labels) != len(predicted) {
		return nil, fmt.Errorf("count confusions: %d labels but %d predictions", len(labels), len(predicted))
	}
	c := NewConfusion(classes)
	for i, label := range labels {
		if err := c.Add(label, predicted[i]); err != nil {
			return nil, fmt.Errorf("count confusions: sample %d: %w", i, err)
		}
	}
	return c, nil
}

// Add counts one sample.
func (c *Confusion) Add(label, predicted int) error {
	if predicted == NoDecision {
		predicted = c.Classes
	} else if predicted < 0 || predicted >= c.Classes {
		return fmt.Errorf("prediction %d is not one of %d classes", predicted, c.Classes)
	}
	if label < 0 || label >= c.Classes {
		return fmt.Errorf("label %d is not one of %d classes", label, c.Classes)
	}
	c.Counts[label*(c.Classes+1)+predicted]++
	return nil
}

// At returns the count of a cell; predicted may be NoDecision.
func (c *Confusion) At(label, predicted int) int {
	if predicted == NoDecision {
		predicted = c.Classes
	}
	return int(c.Counts[label*(c.Classes+1)+predicted])
}

// Row returns the counts of one label: Classes predictions, then no decision.
// It shares memory with the matrix.
func (c *Confusion) Row(label int) []uint32 {
	w := c.Classes + 1
	return c.Counts[label*w : (label+1)*w]
}

// Total is the number of samples counted, those without a decision included.
func (c *Confusion) Total() int {
	total := 0
	for _, n := range c.Counts {
		total += int(n)
	}
	return total
}

// Correct is the number of samples on the diagonal.
func (c *Confusion) Correct() int {
	correct := 0
	for i := range c.Classes {
		correct += c.At(i, i)
	}
	return correct
}

// Undecided is the number of samples without a decision.
func (c *Confusion) Undecided() int {
	undecided := 0
	for i := range c.Classes {
		undecided += c.At(i, NoDecision)
	}
	return undecided
}

// Accuracy is Correct ÷ Total, in [0, 1]; a sample without a decision is not
// correct. 0 for an empty matrix.
func (c *Confusion) Accuracy() float64 { return ratio(c.Correct(), c.Total()) }

// BalancedAccuracy is the mean recall of the classes that occur among the
// labels (scikit-learn's balanced_accuracy_score). 0 for an empty matrix.
func (c *Confusion) BalancedAccuracy() float64 {
	sum, present := 0.0, 0
	for _, k := range c.PerClass() {
		if k.Support > 0 {
			sum += k.Recall
			present++
		}
	}
	if present == 0 {
		return 0
	}
	return sum / float64(present)
}

// Chance is the accuracy that guessing by the label frequencies alone would
// have: the larger of always answering the commonest label and answering a
// class at random. An accuracy near it says that preprocessing or class order
// is suspect.
func (c *Confusion) Chance() float64 {
	if c.Classes == 0 {
		return 0
	}
	largest := 0
	for _, k := range c.PerClass() {
		largest = max(largest, k.Support)
	}
	return math.Max(ratio(largest, c.Total()), 1/float64(c.Classes))
}

// Pair is one off-diagonal cell of the matrix.
type Pair struct {
	Label, Predicted int
	Count            int
	Support          int     // the label's samples, those without a decision included
	Share            float64 // Count ÷ Support
}

// TopConfusions lists the off-diagonal cells that are not empty, largest count
// first, ties by label, then prediction; at most limit of them if limit > 0.
func (c *Confusion) TopConfusions(limit int) []Pair {
	pairs := []Pair{}
	classes := c.PerClass()
	for i := range c.Classes {
		for j, n := range c.Row(i)[:c.Classes] {
			if i != j && n > 0 {
				pairs = append(pairs, Pair{i, j, int(n), classes[i].Support, ratio(int(n), classes[i].Support)})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b Pair) int { return cmp.Compare(b.Count, a.Count) })
	if limit > 0 && len(pairs) > limit {
		pairs = pairs[:limit]
	}
	return pairs
}

// ratio is a ÷ b, or 0 where b is 0 (scikit-learn's zero_division=0).
func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
