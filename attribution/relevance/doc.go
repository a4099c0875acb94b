// Package relevance hands the explained score back through the layers of a model,
// by the rules of autodiff.Relevance: layer-wise relevance propagation.
package relevance
