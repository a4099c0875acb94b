// Package evaluate runs a model over the samples of a dataset: read, decode, preprocess,
// run, for every sample that is not predicted yet.
//
// This package is the server half and what travels between the halves; package work is
// the worker half.
package evaluate
