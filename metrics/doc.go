// Package metrics computes what an evaluation is measured by: confusion matrix,
// accuracy, precision, recall and F-scores, curves, calibration.
//
// Every function is pure: slices in, numbers out, no I/O, no shared state. A
// class is its index, 0 ≤ class < classes. Scores of many samples are one
// row-major slice: sample i's scores are scores[i*classes : (i+1)*classes].
// Scores are float32, as models give them; all arithmetic on them is float64.
//
// Definitions follow scikit-learn (the tests compare with it to 1e-9, ties and
// absent classes included); where scikit-learn has no such function the source
// of the definition is named. Where scikit-learn warns that a quotient has no
// value (a class never predicted has no precision), the value is 0, as with
// zero_division=0. Where it raises (ROC AUC with a single class), the value is
// NaN, and the function says so.
package metrics
