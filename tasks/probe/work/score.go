package work

import (
	"context"
	"math"

	"github.com/sightline/sightline/classifier"
)

// score runs n prepared samples. Where the runtime reports an error each is run alone: those
// that did it, as they are or as a candidate prepares them, have logits that are no numbers,
// which count as guessed.
func (o *oracle) score(ctx context.Context, inputs []float32, n int) ([]float32, error) {
	logits, err := o.scorer.Score(ctx, inputs, n)
	if err == nil || !classifier.RunFailed(err) {
		return logits, err
	}
	o.failed = err
	size, classes := o.scorer.InputLen(), o.scorer.Classes()
	logits = make([]float32, 0, n*classes)
	for i := range n {
		one, err := o.scorer.Score(ctx, inputs[i*size:(i+1)*size], 1)
		switch {
		case err == nil:
			logits = append(logits, one...)
		case ctx.Err() == nil && classifier.RunFailed(err):
			for range classes {
				logits = append(logits, float32(math.NaN()))
			}
		default:
			return nil, err
		}
	}
	return logits, nil
}
