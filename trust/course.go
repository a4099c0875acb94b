package trust

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
)

// course runs the images of many curves through the scorer, batch by batch.
type course struct {
	scorer          attribution.Scorer
	options         Options
	batch           int
	class, minus    int
	input           []float32
	hidden, blurred []float32 // what a place is deleted to, what it is inserted into
	shares          []float64 // of the pixels changed at each point
	counts          []int     // the same in pixels
	curves          []drawn
	whole           float64   // the class's log-odds on the untouched image
	rearranged      []float64 // and on the image with its cells in random order
	inputs          []float32 // of one batch
	forwards        int
	infinite        bool // a score was not finite
}

// drawn is a map whose curves are wanted.
type drawn struct {
	cells        []float32
	across, down reach
	stream       uint64 // of the order among its equal cells
	into         *Curves
}

// shot is one image to be scored.
type shot struct {
	paint func(dst []float32)
	take  func(logits []float32)
}

func newCourse(s attribution.Scorer, r attribution.Request, m *attribution.Map, o Options) *course {
	channels, height, width, layout := s.Shape()
	c := &course{scorer: s, options: o, batch: r.Batch, class: m.TargetIndex, minus: m.MinusIndex, input: r.Input}
	if c.batch <= 0 {
		c.batch = attribution.DefaultBatch
	}
	c.hidden = make([]float32, len(r.Input))
	c.blurred = blurred(r.Input, channels, height, width, layout)
	c.rearranged = make([]float64, o.Draws)
	pixels := width * height
	c.counts = make([]int, o.Steps+1)
	c.shares = make([]float64, o.Steps+1)
	for i := range c.counts {
		c.counts[i] = int(math.Round(float64(pixels) * float64(i) / float64(o.Steps)))
		c.shares[i] = float64(c.counts[i]) / float64(pixels)
	}
	return c
}

// add asks for the curves of a map whose cells are given.
func (c *course) add(cells []float32, across, down reach, into *Curves) {
	into.Inserting, into.Deleting = make([]float64, c.options.Steps+1), make([]float64, c.options.Steps+1)
	c.curves = append(c.curves, drawn{cells, across, down, uint64(len(c.curves)), into})
}

// run scores every image that is asked for and fills the curves in.
func (c *course) run(ctx context.Context) error {
	pending := append(c.ends(), c.rearrangements()...)
	for _, d := range c.curves {
		pending = append(pending, c.between(d)...)
		for len(pending) >= c.batch {
			if err := c.score(ctx, pending[:c.batch]); err != nil {
				return err
			}
			pending = pending[c.batch:]
		}
	}
	for len(pending) > 0 {
		n := min(len(pending), c.batch)
		if err := c.score(ctx, pending[:n]); err != nil {
			return err
		}
		pending = pending[n:]
	}
	return nil
}

// ends are the images that all curves begin or end with.
func (c *course) ends() []shot {
	plane := func(values []float32, take func(logits []float32, score float64)) shot {
		return shot{
			paint: func(dst []float32) { copy(dst, values) },
			take:  func(logits []float32) { take(logits, c.value(logits)) },
		}
	}
	last := c.options.Steps
	return []shot{
		plane(c.input, func(logits []float32, score float64) {
			c.whole = c.logOdds(logits)
			for _, d := range c.curves {
				d.into.Inserting[last], d.into.Deleting[0] = score, score
			}
		}),
		plane(c.blurred, func(_ []float32, score float64) {
			for _, d := range c.curves {
				d.into.Inserting[0] = score
			}
		}),
		plane(c.hidden, func(_ []float32, score float64) {
			for _, d := range c.curves {
				d.into.Deleting[last] = score
			}
		}),
	}
}

// between are the images between the ends of a map's curves.
func (c *course) between(d drawn) []shot {
	_, height, width, _ := c.scorer.Shape()
	order := ranking(d.cells, d.across, d.down, width, height, c.options.Seed, d.stream)
	change := func(from, to []float32, count int, score *float64) shot {
		return shot{
			paint: func(dst []float32) {
				if count > len(order)/2 { // fewer to leave than to change
					c.change(dst, to, from, order[count:])
				} else {
					c.change(dst, from, to, order[:count])
				}
			},
			take: func(logits []float32) { *score = c.value(logits) },
		}
	}
	var shots []shot
	for i := 1; i < c.options.Steps; i++ {
		shots = append(shots,
			change(c.blurred, c.input, c.counts[i], &d.into.Inserting[i]),
			change(c.input, c.hidden, c.counts[i], &d.into.Deleting[i]))
	}
	return shots
}

// change paints one image with the listed pixels of another.
func (c *course) change(dst, from, to []float32, pixels []int32) {
	channels, height, width, layout := c.scorer.Shape()
	copy(dst, from)
	step, plane := 1, height*width
	if layout == imaging.NHWC {
		step, plane = channels, 1
	}
	for channel := range channels {
		for _, pixel := range pixels {
			at := channel*plane + int(pixel)*step
			dst[at] = to[at]
		}
	}
}

// rearrangements are the image with its cells in random order.
func (c *course) rearrangements() []shot {
	shots := make([]shot, len(c.rearranged))
	for i := range shots {
		shots[i] = shot{
			paint: func(dst []float32) {
				channels, height, width, layout := c.scorer.Shape()
				rearrange(dst, c.input, channels, height, width, layout, DefaultGrid, c.options.Seed, i)
			},
			take: func(logits []float32) { c.rearranged[i] = c.logOdds(logits) },
		}
	}
	return shots
}

// value is the score of the curves.
func (c *course) value(logits []float32) float64 {
	v := c.options.Link.score(logits, c.class, c.minus)
	c.infinite = c.infinite || math.IsNaN(v)
	return v
}

// logOdds is what Content is made of.
func (c *course) logOdds(logits []float32) float64 {
	v := c.options.Link.logOdds(logits, c.class)
	c.infinite = c.infinite || math.IsNaN(v) || math.IsInf(v, 0)
	return v
}

// total is the number of images there are.
func (c *course) total() int {
	return 3 + len(c.rearranged) + 2*(c.options.Steps-1)*len(c.curves)
}

// score runs one batch.
func (c *course) score(ctx context.Context, shots []shot) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	scores, err := c.scorer.Score(ctx, c.paint(shots), len(shots))
	if err != nil {
		return err
	}
	classes := c.scorer.Classes()
	if len(scores) != len(shots)*classes {
		return fmt.Errorf("the model gave %d scores for %d inputs of %d classes", len(scores), len(shots), classes)
	}
	for i, s := range shots {
		s.take(scores[i*classes : (i+1)*classes])
	}
	c.forwards += len(shots)
	if c.options.Progress != nil {
		c.options.Progress(c.forwards, c.total())
	}
	return nil
}

// paint makes the images of shots, one after another, in memory that the next
// call uses again.
func (c *course) paint(shots []shot) []float32 {
	size := len(c.input)
	if c.inputs == nil {
		c.inputs = make([]float32, min(c.batch, c.total())*size)
	}
	workers := min(runtime.GOMAXPROCS(0), len(shots))
	var wait sync.WaitGroup
	for k := range workers {
		wait.Go(func() {
			for i := k; i < len(shots); i += workers {
				shots[i].paint(c.inputs[i*size : (i+1)*size])
			}
		})
	}
	wait.Wait()
	return c.inputs[:len(shots)*size]
}
