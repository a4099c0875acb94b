package trust

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/sightline/sightline/attribution"
)

// Options of Evaluate. The zero value has the documented defaults. Figures are
// comparable only between maps assessed with the same options.
type Options struct {
	Steps    int                   // changes of the image per curve; 0 means DefaultSteps
	Draws    int                   // permuted controls; 0 means DefaultDraws, fewer are refused
	Grid     int                   // cells per side at most, above which maps are pooled; 0 means DefaultGrid, in cells of MinCell pixels or more
	Link     Link                  // from logits to the score of the curves; the zero value is Softmax
	Seed     uint64                // of the permutations and of the order among equal cells
	Progress func(done, total int) // forward passes, after every batch; may be nil
}

// The defaults, by which docs/trust.md's measurements were made.
const (
	DefaultSteps = 14
	DefaultDraws = 20 // the fewest for which the 95th percentile of the controls is one of them
	DefaultGrid  = 14
	MinCell      = 5 // pixels of the model's input per side of a cell
)

func (o Options) withDefaults() (Options, error) {
	if o.Steps == 0 {
		o.Steps = DefaultSteps
	}
	if o.Draws == 0 {
		o.Draws = DefaultDraws
	}
	switch {
	case o.Steps < 2:
		return o, fmt.Errorf("trust: %d steps: a curve needs at least 2", o.Steps)
	case o.Draws < DefaultDraws:
		return o, fmt.Errorf("trust: %d permuted controls: their 95th percentile needs at least %d", o.Draws, DefaultDraws)
	case o.Grid < 0 || o.Grid == 1:
		return o, fmt.Errorf("trust: a grid of %d cells has nothing to permute: at least 2", o.Grid)
	}
	return o, o.Link.check()
}

// cells is how many cells of a map's side are ranked, for an input of so many
// pixels. Finer maps are pooled: cells of a few pixels at random places would
// destroy an image faster than a good map does, and be no fair control.
func (o Options) cells(side, pixels int) int {
	limit := o.Grid
	if limit == 0 {
		limit = max(2, min(DefaultGrid, pixels/MinCell))
	}
	return min(side, limit)
}

// Forwards is the number of forward passes Evaluate makes with these options for
// a map that is not degenerate: three images that all curves share (untouched,
// blurred, wholly hidden), a rearranged image per draw, and the steps between
// the ends of the insertion and the deletion curve of the map, of the centre map
// and of every control.
func (o Options) Forwards() int {
	o, err := o.withDefaults()
	if err != nil {
		return 0
	}
	return 3 + o.Draws + 2*(o.Steps-1)*(o.Draws+2)
}

// Trust is what is known of one map's worth.
type Trust struct {
	Verdict  Verdict   `json:"verdict"`
	Reason   string    `json:"reason"`             // one sentence for a reader
	Shares   []float64 `json:"shares,omitempty"`   // of the pixels changed at each point of the curves, 0 to 1
	Map      Curves    `json:"map"`                // of the map itself
	Centre   Curves    `json:"centre"`             // of a Gaussian at the image's centre
	Controls []AUC     `json:"controls,omitempty"` // of every permutation of the map's cells
	Band     Bands     `json:"band"`               // the permuted controls' curves, point by point
	Low      float64   `json:"low"`                // 5th percentile of the controls' differences: red below
	High     float64   `json:"high"`               // 95th percentile: green above, if also above Centre
	Content  Content   `json:"content"`            // whether the score needs what the image shows: else never green
	Grid     [2]int    `json:"grid"`               // columns and rows that were ranked
	Forwards int       `json:"forwards"`           // inputs the model was run on
	Seed     uint64    `json:"seed"`
	Seconds  float64   `json:"seconds"`
}

// Evaluate assesses map m of the image r.Input by insertion and deletion (Petsiuk
// et al. 2018) of the class, or contrast, that m explains, against two controls:
// the map's own cells permuted, and a centre map. r's other fields but Batch are
// not used. docs/trust.md defines every figure.
//
// A degenerate map is red without running the model. An error is one of the
// scorer, of ctx, or of a request that does not fit the scorer.
func Evaluate(ctx context.Context, s attribution.Scorer, r attribution.Request, m *attribution.Map, o Options) (*Trust, error) {
	started := time.Now()
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := check(s, r, m); err != nil {
		return nil, fmt.Errorf("trust of a %s map: %w", m.Method, err)
	}
	t := &Trust{Seed: o.Seed}
	if t.degenerate(m) {
		return t, nil
	}
	c := newCourse(s, r, m, o)
	if err := c.measure(ctx, t, m); err != nil {
		return nil, fmt.Errorf("trust of a %s map: %w", m.Method, err)
	}
	if t.Verdict == "" {
		t.assess()
	}
	t.Seconds = time.Since(started).Seconds()
	return t, nil
}

// check rejects requests and maps that do not belong to the scorer.
func check(s attribution.Scorer, r attribution.Request, m *attribution.Map) error {
	switch classes := s.Classes(); {
	case len(r.Input) != s.InputLen():
		return fmt.Errorf("the sample has %d values, the model wants %d", len(r.Input), s.InputLen())
	case m.Width < 1 || m.Height < 1 || len(m.Values) != m.Width*m.Height:
		return fmt.Errorf("the map has %d values for %d×%d cells", len(m.Values), m.Width, m.Height)
	case m.TargetIndex < 0 || m.TargetIndex >= classes || m.MinusIndex >= classes:
		return fmt.Errorf("the map explains class %d minus %d, the model has classes 0 to %d", m.TargetIndex, m.MinusIndex, classes-1)
	}
	return nil
}

// degenerate says red to maps that mean nothing, and fills in why.
func (t *Trust) degenerate(m *attribution.Map) bool {
	t.Reason = m.Degenerate
	if t.Reason == "" {
		t.Reason = attribution.Diagnose(relative(m.Values), 1)
	}
	if t.Reason != "" {
		t.Verdict = Red
	}
	return t.Reason != ""
}

// relative are values as shares of the largest size among them: how small a value
// may be without being rounding only the method knows, which says so in the map.
func relative(values []float32) []float32 {
	size := float32(0)
	for _, v := range values {
		size = max(size, v, -v)
	}
	if size == 0 || size != size || size > math.MaxFloat32 {
		return values
	}
	out := make([]float32, len(values))
	for i, v := range values {
		out[i] = v / size
	}
	return out
}

// measure draws all curves.
func (c *course) measure(ctx context.Context, t *Trust, m *attribution.Map) error {
	_, inputHeight, inputWidth, _ := c.scorer.Shape()
	width, height := c.options.cells(m.Width, inputWidth), c.options.cells(m.Height, inputHeight)
	cells := pool(m.Values, m.Width, m.Height, width, height)
	t.Grid, t.Shares = [2]int{width, height}, c.shares
	across, down := evenly(m.Width), evenly(m.Height)
	if m.Geometry.Edges != [4]float64{} {
		across.from, down.from, across.upTo, down.upTo = m.Geometry.Bounds()
	}
	across, down = across.pooled(width), down.pooled(height)
	controls := make([]Curves, c.options.Draws)
	c.add(cells, across, down, &t.Map)
	c.add(centre(width, height), evenly(width), evenly(height), &t.Centre)
	for i := range controls {
		c.add(permuted(cells, c.options.Seed, i), across, down, &controls[i])
	}
	if err := c.run(ctx); err != nil {
		return err
	}
	t.Forwards = c.forwards
	if c.infinite {
		t.Verdict, t.Reason, t.Shares, t.Map, t.Centre = Red, notFinite, nil, Curves{}, Curves{}
		return nil
	}
	_, high := tails(c.rearranged)
	t.Content = Content{Whole: c.whole, Rearranged: median(c.rearranged), High: high}
	for _, d := range c.curves {
		d.into.integrate(c.shares)
	}
	for _, k := range controls {
		t.Controls = append(t.Controls, k.AUC)
	}
	t.Band = bands(controls)
	return nil
}

const notFinite = "not finite: the model gives NaN or infinity for a partly hidden image"

// permuted is a random order of a map's cells, the same for the same seed and i.
func permuted(cells []float32, seed uint64, i int) []float32 {
	out := append([]float32(nil), cells...)
	r := rand.New(rand.NewPCG(seed, uint64(i)))
	r.Shuffle(len(out), func(a, b int) { out[a], out[b] = out[b], out[a] })
	return out
}

// centre is a Gaussian at the middle of the image, its deviation a quarter of
// each side. Only the order of its values matters.
func centre(width, height int) []float32 {
	out := make([]float32, width*height)
	for i := range out {
		x := ((float64(i%width)+0.5)/float64(width) - 0.5) * 4
		y := ((float64(i/width)+0.5)/float64(height) - 0.5) * 4
		out[i] = gaussian(x*x + y*y)
	}
	return out
}
