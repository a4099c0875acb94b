// Package assess finds out how far maps can be relied on: trust in a stored map, how much a
// method's maps depend on the model's weights, and how far a sample's maps agree. It has
// calls and no jobs.
//
// This package is the server half and what travels between the halves; package work is
// the worker half.
package assess
