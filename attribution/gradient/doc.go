// Package gradient explains a score by its gradient at the input: one at the
// sample (pointwise.go), or many along a path or under noise (probes.go).
package gradient
