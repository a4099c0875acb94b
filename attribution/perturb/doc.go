// Package perturb explains a score by hiding parts of the image: it works on any
// model that can be asked for scores.
//
// A method is a pair of a design, which says what to hide in perturbation i, and
// an estimator, which turns what was hidden and what the model then said into one
// value per cell; perturb.go runs any such pair.
package perturb
