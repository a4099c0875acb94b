package attribution

import "context"

// Pass is what one run of the model gave of n samples, which lie one after another in
// every list.
type Pass struct {
	Scores  []float32   // as Scorer.Score gives them
	Tensors [][]float32 // those that were asked for, in that order
}

// FromPass is a method that needs nothing of the model's runs on a sample but the scores
// and the values of a few tensors: whoever runs the model for another purpose can have maps
// made of that run.
type FromPass interface {
	Method
	// Reads names the tensors, of the model's Graph.
	Reads(ctx context.Context, d Differentiable) ([]string, error)
	// ExplainPass is ExplainBatch of samples of which a pass gave those tensors.
	ExplainPass(ctx context.Context, d Differentiable, rs []Request, targets []Target, p Pass) ([][]*Map, []error)
}
