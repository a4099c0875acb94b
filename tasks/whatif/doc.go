// Package whatif finds out what a model decides by: it hides, swaps and pastes areas of
// samples and has the model predict again, against controls.
//
// It goes in three stages, each a job of its own that starts the next. "screen" hides
// every candidate in a few samples of each class. "test" takes the strongest pairs of class
// and area to other samples, against as much hidden elsewhere, under two fills; where there
// is no such place, it swaps the area for that of a sample of another class, against that of
// the same class. "paste" puts the areas that passed into samples of other classes. What it
// may cost is a budget of forward passes, and a plan says what was left out.
//
// This package is the server half and what travels between the halves; package work is
// the worker half. What the trials mean is said by package findings.
package whatif
