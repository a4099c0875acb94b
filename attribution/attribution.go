package attribution

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/imaging"
)

// Scorer is a model, seen from outside.
type Scorer interface {
	// Score runs n inputs that lie one after another in inputs, and returns n
	// rows of Classes values each: logits, or log-probabilities where the model
	// hides them. It must not keep or change inputs.
	Score(ctx context.Context, inputs []float32, n int) ([]float32, error)
	// Classes is the length of a row of scores.
	Classes() int
	// InputLen is the number of values of one input.
	InputLen() int
	// Shape says how those values are arranged.
	Shape() (channels, height, width int, layout imaging.Layout)
}

// Request asks for the map of one sample.
type Request struct {
	Input     []float32        // the preprocessed sample: InputLen values
	Geometry  imaging.Geometry // from the model's input to the displayed image
	Target    Target           // what to explain; the zero value is the predicted class
	Truth     int              // index of the label's class, or NoTruth
	Ranking   []int            // the first classes by score, if an earlier run told; a wrong one costs time, nothing else
	Fill      Fill             // what a hidden place is replaced by; the zero value is the mean
	Baselines [][]float32      // preprocessed images of other samples, for methods whose Card says NeedsBaselines
	Seed      uint64           // of methods that sample: the same seed gives the same map
	Batch     int              // inputs per call of the Scorer; 0 means DefaultBatch. The map does not depend on it
	Cached    *CachedScores    // of an earlier run on the same model and image, or to be filled by this one; nil for neither
}

// NoTruth is the Truth of a sample whose label is unknown or not a class.
const NoTruth = -1

// DefaultBatch is the number of inputs given to the Scorer at once.
const DefaultBatch = 32

// Snapshot is the state of a map while it is being made.
type Snapshot struct {
	Map   *Map // as far as it is known, the receiver's own copy; nil while nothing is
	Done  int  // evaluations so far
	Total int  // evaluations at most
}

// Method makes maps. Implementations are values whose fields are the options;
// the zero value has the documented defaults. Safe for concurrent use.
type Method interface {
	// Name is the word for it in the API and on the command line.
	Name() string
	// Card describes the method to the user.
	Card() Card
	// ExplainBatch makes, per sample, one map per target, in their order; or says
	// why it has none. The requests' own targets are ignored. Where the Card says
	// Batched, samples share runs of the model; else each has its own.
	//
	// progress may be nil. It is called where there is only one sample, from the
	// calling goroutine, at most ten times a second, and not after ExplainBatch has
	// returned; its maps are those of the first target. An error of the Scorer or of
	// ctx ends the work.
	ExplainBatch(ctx context.Context, s Scorer, rs []Request, targets []Target, progress func(Snapshot)) ([][]*Map, []error)
	// With returns the method with one option of its Card set from text.
	With(option, value string) (Method, error)
}

// Explain makes the map of one sample's own target.
func Explain(ctx context.Context, m Method, s Scorer, r Request, progress func(Snapshot)) (*Map, error) {
	maps, err := ExplainAll(ctx, m, s, r, []Target{r.Target}, progress)
	if err != nil {
		return nil, err
	}
	return maps[0], nil
}

// ExplainAll makes the maps of one sample, one per target, in their order.
func ExplainAll(ctx context.Context, m Method, s Scorer, r Request, targets []Target, progress func(Snapshot)) ([]*Map, error) {
	maps, errs := m.ExplainBatch(ctx, s, []Request{r}, targets, progress)
	return maps[0], errs[0]
}

// Check rejects requests that do not fit the scorer.
func (r Request) Check(s Scorer) error {
	channels, height, width, _ := s.Shape()
	if n := s.InputLen(); n != channels*height*width || n == 0 {
		return fmt.Errorf("the model's input of %d values is not %d channels of %d×%d", n, channels, width, height)
	}
	if len(r.Input) != s.InputLen() {
		return fmt.Errorf("the sample has %d values, the model wants %d", len(r.Input), s.InputLen())
	}
	for i, v := range r.Input {
		if v-v != 0 { // infinite, or not a number
			return fmt.Errorf("value %d of the preprocessed sample is %v: check image_std and rescale_factor of the preprocessing", i, v)
		}
	}
	return nil
}

// Scores asks the scorer and checks the length of its answer.
func Scores(ctx context.Context, s Scorer, inputs []float32, n int) ([]float32, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	scores, err := s.Score(ctx, inputs, n)
	if err != nil {
		return nil, err
	}
	if len(scores) != n*s.Classes() {
		return nil, fmt.Errorf("the model gave %d scores for %d inputs of %d classes", len(scores), n, s.Classes())
	}
	return scores, nil
}
