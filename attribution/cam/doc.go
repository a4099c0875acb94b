// Package cam makes class activation maps: the values of one layer of a model,
// weighted by what the gradient there says of them, at the layer's own resolution.
// layer.go finds the layer, split.go runs the model up to it and from it on, and a
// kind (camkinds.go) says how values and gradient combine.
package cam
