// Package measure finds what stored maps say of the regions of their samples, as those are
// now: of a few maps at once, of many in a job. No model runs. (A worker that makes a map
// measures it at once: see package explain.)
//
// This package is the server half and what travels between the halves; package work is
// the worker half.
package measure
