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

// course runs the pictures of many curves through the scorer, batch by batch.
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
	inputs          []float32 // of one batch
	forwards        int
}

// drawn is a map whose curves are wanted.
type drawn struct {
	cells         []float32
	columns, rows int
	stream        uint64 // of the order among its equal cells
	into          *Curves
}

// shot is one picture to be scored: count pixels, in a map's order, changed from
// one plane to another.
type shot struct {
	order    []int32
	count    int
	from, to []float32
	score    *float64
}

func newCourse(s attribution.Scorer, r attribution.Request, m *attribution.Map, o Options) *course {
	channels, height, width, layout := s.Shape()
	c := &course{scorer: s, options: o, batch: r.Batch, class: m.TargetIndex, minus: m.MinusIndex, input: r.Input}
	if c.batch <= 0 {
		c.batch = attribution.DefaultBatch
	}
	c.hidden = make([]float32, len(r.Input))
	c.blurred = blurred(r.Input, channels, height, width, layout)
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
func (c *course) add(cells []float32, columns, rows int, into *Curves) {
	c.curves = append(c.curves, drawn{cells, columns, rows, uint64(len(c.curves)), into})
}

// run scores every picture that is asked for and fills the curves in.
func (c *course) run(ctx context.Context) error {
	ends := make([]float64, 3)
	pending := []shot{
		{from: c.input, score: &ends[0]}, {from: c.blurred, score: &ends[1]}, {from: c.hidden, score: &ends[2]},
	}
	total := len(pending) + 2*(c.options.Steps-1)*len(c.curves)
	for _, d := range c.curves {
		pending = append(pending, c.shots(d)...)
		for len(pending) >= c.batch {
			if err := c.score(ctx, pending[:c.batch], total); err != nil {
				return err
			}
			pending = pending[c.batch:]
		}
	}
	if err := c.score(ctx, pending, total); err != nil {
		return err
	}
	for _, d := range c.curves {
		last := c.options.Steps
		d.into.Inserting[0], d.into.Inserting[last] = ends[1], ends[0]
		d.into.Deleting[0], d.into.Deleting[last] = ends[0], ends[2]
	}
	return nil
}

// shots are the pictures between the ends of a map's curves.
func (c *course) shots(d drawn) []shot {
	_, height, width, _ := c.scorer.Shape()
	order := ranking(d.cells, d.columns, d.rows, width, height, c.options.Seed, d.stream)
	d.into.Inserting = make([]float64, c.options.Steps+1)
	d.into.Deleting = make([]float64, c.options.Steps+1)
	var shots []shot
	for i := 1; i < c.options.Steps; i++ {
		shots = append(shots,
			shot{order, c.counts[i], c.blurred, c.input, &d.into.Inserting[i]},
			shot{order, c.counts[i], c.input, c.hidden, &d.into.Deleting[i]})
	}
	return shots
}

// score runs one batch.
func (c *course) score(ctx context.Context, shots []shot, total int) error {
	if len(shots) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	inputs := c.paint(shots)
	scores, err := c.scorer.Score(ctx, inputs, len(shots))
	if err != nil {
		return err
	}
	classes := c.scorer.Classes()
	if len(scores) != len(shots)*classes {
		return fmt.Errorf("the model gave %d scores for %d inputs of %d classes", len(scores), len(shots), classes)
	}
	for i, s := range shots {
		*s.score = c.options.Link.score(scores[i*classes:(i+1)*classes], c.class, c.minus)
	}
	c.forwards += len(shots)
	if c.options.Progress != nil {
		c.options.Progress(c.forwards, total)
	}
	return nil
}

// paint makes the pictures of shots, one after another, in memory that the next
// call uses again.
func (c *course) paint(shots []shot) []float32 {
	size := len(c.input)
	if c.inputs == nil {
		c.inputs = make([]float32, c.batch*size)
	}
	workers := min(runtime.GOMAXPROCS(0), len(shots))
	var wait sync.WaitGroup
	for k := range workers {
		wait.Go(func() {
			for i := k; i < len(shots); i += workers {
				c.paintOne(c.inputs[i*size:(i+1)*size], shots[i])
			}
		})
	}
	wait.Wait()
	return c.inputs[:len(shots)*size]
}

func (c *course) paintOne(dst []float32, s shot) {
	channels, height, width, layout := c.scorer.Shape()
	copy(dst, s.from)
	step, plane := 1, height*width
	if layout == imaging.NHWC {
		step, plane = channels, 1
	}
	for channel := range channels {
		for _, pixel := range s.order[:s.count] {
			at := channel*plane + int(pixel)*step
			dst[at] = s.to[at]
		}
	}
}
