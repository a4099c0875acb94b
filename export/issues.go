package export

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
)

// writeIssues lists the labelled samples with what confident learning says of their labels, in
// the columns of cleanlab's Datalab.get_issues("label"). A label is an issue where another
// class is confidently predicted: of the classes whose score reaches the mean score of that
// class over the evaluation's samples labelled with it, the largest is another one than the label
// (Northcutt, Jiang and Chuang, Confident Learning, JAIR 70, 2021, the confident joint; in
// cleanlab filter_by="confident_learning"). Its quality is the score of the label.
func writeIssues(_ context.Context, set *Set, o Options, w io.Writer) error {
	thresholds, err := classThresholds(set)
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write([]string{"path", "is_label_issue", "label_score", "given_label", "predicted_label", "split"}); err != nil {
		return err
	}
	err = set.Each(true, func(s *Sample) error {
		if s.Truth < 0 {
			return nil
		}
		confident := confidentClass(s.Scores, thresholds)
		return out.Write([]string{Cell(s.Path, o.Raw), strconv.FormatBool(confident >= 0 && confident != s.Truth), Number(s.Scores[s.Truth]),
			Cell(set.Classes[s.Truth], o.Raw), Cell(s.Predicted, o.Raw), Cell(s.Split, o.Raw)})
	})
	out.Flush()
	if err != nil {
		return err
	}
	return out.Error()
}

// classThresholds are, by class, the mean score of the class over all samples labelled with
// it, not only those exported; above 1 for a class that no sample has, which nothing reaches.
func classThresholds(set *Set) ([]float64, error) {
	sums, counts := make([]float64, len(set.Classes)), make([]int, len(set.Classes))
	err := set.Whole(true, func(s *Sample) error {
		if s.Truth >= 0 {
			sums[s.Truth] += float64(s.Scores[s.Truth])
			counts[s.Truth]++
		}
		return nil
	})
	for class, n := range counts {
		if n == 0 {
			sums[class] = 2
			continue
		}
		sums[class] /= float64(n)
	}
	return sums, err
}

// confidentClass is the class with the largest score of those that reach their threshold, -1
// for none.
func confidentClass(scores []float32, thresholds []float64) int {
	best := -1
	for class, score := range scores {
		if float64(score) >= thresholds[class]-1e-6 && (best < 0 || score > scores[best]) { // the margin is cleanlab's
			best = class
		}
	}
	return best
}
