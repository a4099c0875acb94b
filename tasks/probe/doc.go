// Package probe finds by measuring how a model's images were prepared, where nothing says it:
// a worker tries the usual ways on some labelled samples (see classifier/probing). It has a call and no
// jobs, and changes nothing.
//
// This package is the server half and what travels between the halves; package work is
// the worker half.
package probe
