package classifier

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/ort"
)

// An extreme is an input as no photo is, and what the file gives for it alone. In a batch
// it finds out operators that bring samples together and that ordinary images do not set
// off, such as a smallest value over the batch.
type extreme struct {
	what  string
	input []float32
	alone [][]float32 // per output, as planned
}

// extremeLimit is how long an extreme may take beside a probe: a model that never ends on
// one of them is not held against it here.
const extremeLimit = 2 * time.Second

// extremes runs white, black and grey images, and values a hundred times as large, alone at
// the file's own batch. Those that the model refuses, or does not come to an end on, are left
// out.
func (r *reading) extremes(ctx context.Context) ([]extreme, error) {
	s := r.spec
	own := *s
	own.Batch = Batch{}
	session, err := r.planned(own.plan())
	if err != nil {
		return nil, err
	}
	start := time.Now()
	if _, err := r.runProbe(ctx, session, 0); err != nil {
		return nil, err
	}
	limit := extremeLimit + 20*time.Since(start)
	all, err := r.extremeInputs()
	if err != nil {
		return nil, err
	}
	var kept []extreme
	for _, e := range all {
		if e.alone, err = r.runAlone(ctx, limit, session, e.input); err == nil {
			kept = append(kept, e)
		} else {
			s.warn("the model gives nothing for %s: %v", e.what, err)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return kept, nil
}

// runAlone runs one input at the file's own batch.
func (r *reading) runAlone(ctx context.Context, limit time.Duration, session *ort.Session, input []float32) (outputs [][]float32, err error) {
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	raw, err := r.watched(ctx, session, input, 1, r.fixed)
	for _, t := range raw {
		outputs = append(outputs, firstOf(t, max(1, r.fixed)))
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("it did not end within %v", limit.Round(time.Second))
	}
	return outputs, err
}

func (r *reading) extremeInputs() ([]extreme, error) {
	in, c := r.spec.Input, &Classifier{spec: r.spec}
	var all []extreme
	for i, what := range []string{"a white image", "a black image", "a grey image"} {
		level := []uint8{255, 0, 128}[i]
		im := &imaging.Image{Width: in.Width, Height: in.Height, Pix: make([]uint8, 3*in.Width*in.Height)}
		for k := range im.Pix {
			im.Pix[k] = level
		}
		e := extreme{what: what, input: make([]float32, in.Len())}
		if _, err := c.Preprocess(im, e.input); err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	if in.DType != Uint8 { // bytes end at 255
		large := extreme{what: "values a hundred times those of an image", input: make([]float32, in.Len())}
		for i := range large.input {
			large.input[i] = 100 * r.probes[i]
		}
		all = append(all, large)
	}
	return all, nil
}

// tryBatch runs the probes, with the extremes between them, as one batch, or as many
// batches of the model's own length, and returns the largest difference to what each gives
// alone, output by output. An extreme's is relative to its own outputs' spread where that is
// larger: huge values round coarsely.
func (r *reading) tryBatch(ctx context.Context, extremes []extreme) (worst float64, err error) {
	session, err := r.spec.plan().open(r.model.Copy(), r.spec.Input.Name, 1, nil)
	if err != nil {
		return 0, err
	}
	defer session.Close()
	var inputs []float32
	var order []int // a probe, or an extreme behind them
	n := r.spec.Input.Len()
	for i := range max(probes, len(extremes)) {
		if i < probes {
			inputs, order = append(inputs, r.probes[i*n:(i+1)*n]...), append(order, i)
		}
		if i < len(extremes) {
			inputs, order = append(inputs, extremes[i].input...), append(order, probes+i)
		}
	}
	got, err := r.runAll(ctx, session, inputs, len(order))
	if err != nil {
		return 0, err
	}
	for out, rows := range got {
		together := make([][]float32, probes)
		for k, which := range order {
			if which < probes {
				together[which] = rows[k]
			}
		}
		worst = max(worst, differ(r.taken[out], together))
		for k, which := range order {
			if which >= probes {
				worst = max(worst, apart(extremes[which-probes].alone[out], rows[k], r.taken[out]))
			}
		}
	}
	return worst, nil
}

func (r *reading) watched(ctx context.Context, session *ort.Session, inputs []float32, count, fixed int) (raw []*ort.Tensor, err error) {
	err = r.options.Watch.run(ctx, r.spec.usual(max(count, fixed)), func(ctx context.Context) (err error) {
		raw, err = runSession(ctx, session, r.spec.Input, inputs, count, fixed)
		return err
	})
	return raw, err
}

// runAll runs count inputs in batches as the plan has them, and returns per output a row for
// each.
func (r *reading) runAll(ctx context.Context, session *ort.Session, inputs []float32, count int) (rows [][][]float32, err error) {
	n, step := r.spec.Input.Len(), count
	if f := r.spec.Batch.Fixed; f > 0 {
		step = f
	}
	for first := 0; first < count; first += step {
		some := min(step, count-first)
		raw, err := r.watched(ctx, session, inputs[first*n:(first+some)*n], some, r.spec.Batch.Fixed)
		if err != nil {
			return nil, err
		}
		if rows == nil {
			rows = make([][][]float32, len(raw))
		}
		for i, t := range raw {
			values := t.Floats()
			per := len(values) / max(some, r.spec.Batch.Fixed)
			for j := range some {
				rows[i] = append(rows[i], values[j*per:(j+1)*per])
			}
		}
	}
	return rows, nil
}

// apart is the largest difference of two rows, relative to the spread of what the model gives
// for probes, or to the row's own where that is larger. Values that are no numbers are alike.
func apart(want, got []float32, probes [][]float32) float64 {
	if len(want) != len(got) {
		return math.Inf(1)
	}
	spread, worst := max(spreadOf(probes), spreadOf([][]float32{want}), 1e-6), 0.0
	for i, v := range want {
		a, b := float64(v), float64(got[i])
		switch d := math.Abs(a - b); {
		case d <= math.MaxFloat64:
			worst = max(worst, d/spread)
		case a-a == 0 || b-b == 0: // one of them is a number
			return math.Inf(1)
		}
	}
	return worst
}

// spreadOf is the largest less the smallest number of rows.
func spreadOf(rows [][]float32) float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, row := range rows {
		for _, v := range row {
			if f := float64(v); f-f == 0 {
				low, high = min(low, f), max(high, f)
			}
		}
	}
	return max(0, high-low)
}
