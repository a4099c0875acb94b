package classifier

import "context"

// How many samples go into one run is a rule on the graph and not a measurement: the same file
// has the same batch on every machine and every day, and its scores are the same to the bit.
const (
	// enoughWork is how many multiply-adds make the time that a run takes by itself, about
	// two microseconds an operator, small beside its arithmetic.
	enoughWork = 256 << 20
	// cachedWeights is the size of weights up to which a core's caches keep them from one run
	// to the next. Larger ones are read from memory again in each run.
	cachedWeights = 32 << 20

	shortestBatch = 2
	sharedBatch   = 4 // of large weights, whose reading several samples share
	longestBatch  = 32
	defaultBatch  = 8 // where the graph's work is not known
)

// recommend decides how many samples make a batch. Longer batches than the rule's push each
// other's activations out of the caches: MobileNetV2 is 15 % slower with 8 than with 2.
func (r *reading) recommend(context.Context) error {
	b := &r.spec.Batch
	if b.Mode == Fixed {
		b.Recommended = b.Fixed
		return nil
	}
	b.Recommended = recommended(r.work, r.weights)
	return nil
}

// recommended is the batch for a graph of so many multiply-adds a sample and bytes of weights.
func recommended(work, weights int64) int {
	if work == 0 {
		return defaultBatch
	}
	n := shortestBatch
	if weights > cachedWeights {
		n = sharedBatch
	}
	for n < longestBatch && int64(n)*work < enoughWork {
		n *= 2
	}
	return n
}
