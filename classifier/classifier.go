package classifier

import (
	"context"
	"fmt"
	"sync"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
	"github.com/sightline/sightline/ort/laidout"
)

// A Classifier is a loaded model. It is safe for concurrent use.
type Classifier struct {
	spec    *Spec
	opening sync.Once // of the session, where it was put off
	session *ort.Session
	failure error // of opening it
	threads int
	pixels  sync.Pool // *[]uint8, for models with uint8 input
	inside  inside
	changed []byte // the model, if it is not the file's; see With
	mapped  bool   // the file's weights stay in the file; see Quick
	watch   Watch
	graphs  *laidout.Graphs // where programs are kept on disk; nil: nowhere

	forwards forwards
}

// A Result holds what a batch gave, sample by sample.
type Result struct {
	// Logits and Scores have one value per class and sample: n × Classes. See
	// Score for how they relate.
	Logits, Scores []float32
	// Embedding has EmbeddingSize values per sample; nil when there is none.
	Embedding []float32
	// NotFinite lists the samples for which the model gave NaN or infinity.
	NotFinite []int
	// Tensors are the values of a Forward's tensors, sample by sample.
	Tensors [][]float32
}

// Open loads the model of spec, with that many threads per run (0 means 1). It
// returns ErrChanged if the file is not the one that was inspected.
func Open(spec *Spec, threads int) (*Classifier, error) { return OpenKept(spec, threads, nil) }

// OpenKept is Open with graphs that are on disk: the model's, and those of its programs, are opened
// from there and kept there.
func OpenKept(spec *Spec, threads int, graphs *laidout.Graphs) (*Classifier, error) {
	m, err := onnx.ReadFile(spec.Path)
	if err != nil {
		return nil, err
	}
	digest, _, err := hashModel(m, spec.Path)
	if err != nil {
		return nil, err
	}
	if digest != spec.SHA256 {
		return nil, fmt.Errorf("%w: %s is not the file that was added as %q; put that file back, or add this one under another name", ErrChanged, spec.Path, spec.Name)
	}
	c := &Classifier{spec: spec, threads: threads, graphs: graphs}
	if c.session, err = spec.plan().open(m, spec.Input.Name, threads, c.place("scores")); err != nil {
		return nil, fmt.Errorf("%s: %w", spec.Path, err)
	}
	return c, nil
}

// whole is the session of the model itself.
func (c *Classifier) whole() (*ort.Session, error) {
	c.opening.Do(func() {
		if c.session != nil {
			return
		}
		m, err := c.File()
		if err == nil {
			c.session, err = c.spec.plan().open(m, c.spec.Input.Name, c.threads, nil)
		}
		c.failure = err
	})
	return c.session, c.failure
}

// Close frees the model, after the runs under way.
func (c *Classifier) Close() error {
	c.inside.programs.close()
	c.forwards.close()
	c.opening.Do(func() { c.failure = ort.ErrClosed })
	if c.session == nil {
		return nil
	}
	return c.session.Close()
}

// Spec returns what the model was opened with. It must not be changed.
func (c *Classifier) Spec() *Spec { return c.spec }

// Classes returns the number of classes.
func (c *Classifier) Classes() int { return c.spec.Output.Classes }

// InputLen returns the number of input values per sample.
func (c *Classifier) InputLen() int { return c.spec.Input.Len() }

// Shape returns the input of one sample: how many channels, rows and columns, in
// which order.
func (c *Classifier) Shape() (channels, height, width int, layout imaging.Layout) {
	in := c.spec.Input
	return in.Channels, in.Height, in.Width, in.Layout
}

// Preprocess fills dst, InputLen values, with the model's input for im, and says
// where in the displayed image its pixels lie. For a uint8 model the values are
// whole numbers from 0 to 255.
func (c *Classifier) Preprocess(im *imaging.Image, dst []float32) (imaging.Geometry, error) {
	in := c.spec.Input
	if in.DType != Uint8 {
		return c.spec.Preprocessing.Apply(im, dst, in.Layout)
	}
	pixels, _ := c.pixels.Get().(*[]uint8)
	if pixels == nil {
		pixels = new([]uint8)
		*pixels = make([]uint8, in.Len())
	}
	defer c.pixels.Put(pixels)
	g, err := c.spec.Preprocessing.ApplyUint8(im, *pixels, in.Layout)
	if err != nil {
		return g, err
	}
	for i, v := range *pixels {
		dst[i] = float32(v)
	}
	return g, nil
}

// Run classifies n samples; input holds n × InputLen values as Preprocess makes
// them. Long batches are run in pieces, short ones padded where the model's own
// batch is fixed. The result of a sample does not depend on the others.
func (c *Classifier) Run(ctx context.Context, input []float32, n int) (*Result, error) {
	session, err := c.whole()
	if err != nil {
		return nil, fmt.Errorf("run %q: %w", c.spec.Name, err)
	}
	return c.runOn(ctx, session, input, n)
}

// runOn is Run on a session whose first outputs are those of the model's own.
func (c *Classifier) runOn(ctx context.Context, session *ort.Session, input []float32, n int) (*Result, error) {
	if len(input) != n*c.InputLen() {
		return nil, fmt.Errorf("run %q: %d input values for %d samples of %d", c.spec.Name, len(input), n, c.InputLen())
	}
	r := &Result{}
	for first := 0; first < n; {
		count := min(c.step(), n-first)
		raw, err := c.runPiece(ctx, session, input[first*c.InputLen():(first+count)*c.InputLen()], count)
		if err != nil {
			return nil, fmt.Errorf("run %q: %w", c.spec.Name, err)
		}
		if err := c.add(r, raw, first, count); err != nil {
			return nil, err
		}
		first += count
	}
	return r, nil
}

// Score returns the logits alone, as attribution wants them.
func (c *Classifier) Score(ctx context.Context, input []float32, n int) ([]float32, error) {
	r, err := c.Run(ctx, input, n)
	if err != nil {
		return nil, err
	}
	return r.Logits, nil
}

// step is how many samples go into one run of the session.
func (c *Classifier) step() int {
	if c.spec.Batch.Alone {
		return 1
	}
	if c.spec.Batch.Mode == Fixed {
		return c.spec.Batch.Fixed
	}
	return max(1, c.spec.Batch.Recommended)
}

func (c *Classifier) runPiece(ctx context.Context, session *ort.Session, input []float32, n int) (raw []*ort.Tensor, err error) {
	err = c.watch.run(ctx, c.spec.usual(n), func(ctx context.Context) (err error) {
		raw, err = runSession(ctx, session, c.spec.Input, input, n, c.spec.Batch.Fixed)
		return err
	})
	return raw, err
}

// runSession feeds n samples, repeating the last up to a fixed batch (0: none).
func runSession(ctx context.Context, s *ort.Session, in Input, input []float32, n, fixed int) ([]*ort.Tensor, error) {
	if fixed > n {
		padded := make([]float32, fixed*in.Len())
		copy(padded, input)
		last := input[(n-1)*in.Len():]
		for i := n; i < fixed; i++ {
			copy(padded[i*in.Len():], last)
		}
		input, n = padded, fixed
	}
	return s.Run(ctx, &ort.Tensor{Shape: in.shape(n), Data: toInput(in.DType, input)})
}

// toInput converts values to the model's input type.
func toInput(t DType, values []float32) any {
	switch t {
	case Float16:
		half := make(ort.Half, len(values))
		for i, v := range values {
			half[i] = onnx.FloatToHalf(v)
		}
		return half
	case Uint8:
		bytes := make([]uint8, len(values))
		for i, v := range values {
			bytes[i] = uint8(min(255, max(0, v+0.5)))
		}
		return bytes
	}
	return values
}

// add appends what the session gave for count samples, which begin at first.
func (c *Classifier) add(r *Result, raw []*ort.Tensor, first, count int) error {
	scores := raw[0].Floats()
	per := c.spec.outputLen()
	if len(scores) < count*per {
		return fmt.Errorf("run %q: output of shape %v for %d samples of %d classes", c.spec.Name, raw[0].Shape, count, per)
	}
	classes := c.Classes()
	for i := range count {
		logits := c.logits(scores[i*per : (i+1)*per])
		if !finite(logits) {
			r.NotFinite = append(r.NotFinite, first+i)
		}
		r.Logits = append(r.Logits, logits...)
		r.Scores = append(r.Scores, make([]float32, classes)...)
		Score(c.spec.Activation, logits, r.Scores[len(r.Scores)-classes:])
	}
	if d := c.spec.EmbeddingSize; d > 0 {
		values := raw[1].Floats()
		if len(values) < count*d {
			return fmt.Errorf("run %q: embedding of shape %v for %d samples of %d values", c.spec.Name, raw[1].Shape, count, d)
		}
		r.Embedding = append(r.Embedding, values[:count*d]...)
		raw = raw[1:]
	}
	return r.addTensors(raw[1:], count)
}

// outputLen is how many values the model gives per sample.
func (s *Spec) outputLen() int {
	if s.Activation == Sigmoid1 {
		return 1
	}
	return s.Output.Classes
}

// logits makes the logits of one sample of what the model gave for it.
func (c *Classifier) logits(values []float32) []float32 {
	if c.spec.LogitTensor == "" {
		logs := make([]float32, len(values))
		for i, p := range values {
			logs[i] = logProbability(c.spec.Activation, p)
		}
		values = logs
	}
	if c.spec.Activation == Sigmoid1 {
		return []float32{-values[0], values[0]}
	}
	return values
}
