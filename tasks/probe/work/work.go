// Package work is the worker half of probe: it prepares images in many ways and runs the model.
package work

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/classifier/probing"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/probe"
	"github.com/sightline/sightline/worker"
)

// Kind is the worker half.
func Kind(w *worker.Worker) task.Kind {
	return task.Kind{Name: probe.Name, Calls: map[string]jobs.CallHandler{probe.Call: half{w}.probe}}
}

type half struct{ *worker.Worker }

// probe answers with progress, then with what was found.
func (w half) probe(ctx context.Context, payload []byte, reply func([]byte) error) error {
	r, s, release, err := worker.Opened[probe.Request](ctx, w.Worker, payload)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var noted time.Time
	found, err := Probe(ctx, w.Worker, s, r, func(done, total int) {
		if time.Since(noted) < worker.ProgressPause {
			return
		}
		noted = time.Now()
		if reply(task.JSON(task.Measured[probe.Found]{Done: done, Total: total})) != nil {
			cancel()
		}
	})
	if errors.Is(err, probing.ErrTooFew) {
		return &jobs.Coded{Code: task.CodeUnfit, Message: err.Error()}
	}
	if err != nil {
		return worker.Told(err)
	}
	return reply(task.JSON(task.Measured[probe.Found]{Done: found.Runs, Total: found.Runs, Result: found}))
}

// Probe tries the usual ways to prepare images on a request's samples.
func Probe(ctx context.Context, w *worker.Worker, s worker.Scorer, r probe.Request, progress func(done, total int)) (*probe.Found, error) {
	started := time.Now()
	hints, err := s.Hints()
	if err != nil {
		return nil, err
	}
	images, err := decode(ctx, w, r.Items)
	if err != nil {
		return nil, err
	}
	oracle := oracle{scorer: s, images: images}
	found, err := oracle.search(ctx, r, hints, progress)
	if err != nil {
		return nil, err
	}
	answer := toFound(found)
	answer.LeftOut, answer.Hints, answer.Seconds = len(r.Items)-len(images.items), hints.Notes, time.Since(started).Seconds()
	return answer, nil
}

// search looks for the best way on the images that there are.
func (o *oracle) search(ctx context.Context, r probe.Request, hints classifier.InputHints, progress func(done, total int)) (*probing.Result, error) {
	n, err := o.affordable(ctx)
	if err != nil {
		return nil, err
	}
	spec, labels := o.scorer.Spec(), make([]string, n)
	for i := range labels {
		labels[i] = o.images.items[i].Label
	}
	in := spec.Input
	return probing.Search(ctx, &probing.Problem{
		Base: spec.Preprocessing, Guessed: spec.Guessed(), Channels: in.Channels, Width: in.Width, Height: in.Height,
		Bytes: in.DType == "uint8", Sizes: o.images.sizes[:n], Classes: o.scorer.Classes(), Orders: probing.OrdersOf(spec, labels, r.Labels),
		Hints: probing.Hints(hints), Progress: progress,
	}, o.logits)
}

func toFound(r *probing.Result) *probe.Found {
	f := &probe.Found{Clear: r.Clear, Guessing: r.Guessing, Undecided: r.Undecided, Rival: r.Rival, Samples: r.Samples, Runs: r.Runs, Chosen: probe.Candidate(r.Chosen), Present: probe.Candidate(r.Present),
		Gain: r.Gain, Order: r.Order.Name, Names: r.Order.Names}
	for _, c := range r.Candidates() {
		f.Candidates = append(f.Candidates, probe.Candidate(c))
	}
	return f
}

// oracle runs the model on samples prepared in a way.
type oracle struct {
	scorer worker.Scorer
	images *images
	failed error // the last of the runtime's
}

// waiting bounds the inputs that are in memory at once.
const waiting = 32

func (o *oracle) logits(ctx context.Context, p imaging.Preprocessing, samples []int) (all []float32, err error) {
	size, layout := o.scorer.InputLen(), o.scorer.Spec().Input.Layout
	small := o.images.smallOf(p)
	for len(samples) > 0 {
		part := samples[:min(waiting, len(samples))]
		samples = samples[len(part):]
		inputs := make([]float32, len(part)*size)
		err := onCores(ctx, o.images.worker.Cores, len(part), func(k int) error {
			return o.images.input(ctx, p, small, part[k], inputs[k*size:(k+1)*size], layout)
		})
		if err != nil {
			return nil, err
		}
		logits, err := o.score(ctx, inputs, len(part))
		if err != nil {
			return nil, err
		}
		all = append(all, logits...)
	}
	if o.failed != nil && !slices.ContainsFunc(all, func(v float32) bool { return v == v }) && reflect.DeepEqual(p, o.scorer.Spec().Preprocessing) {
		return nil, o.failed // the model is to blame, not the images or a candidate
	}
	return all, nil
}

// A search is to take about short; where that leaves fewer than enough samples, up to long; and
// never does it look at fewer than least.
const (
	short, long   = 10 * time.Second, 50 * time.Second
	least, enough = 40, 96
)

// affordable is on how many samples to search, by the time that a few runs take.
func (o *oracle) affordable(ctx context.Context) (int, error) {
	n := len(o.images.items)
	if n <= least {
		return n, nil
	}
	eight := time.Duration(math.MaxInt64)
	for range 4 { // the first makes ready; other work on the machine slows some of the others
		started := time.Now()
		if _, err := o.logits(ctx, o.scorer.Spec().Preprocessing, []int{0, 1, 2, 3, 4, 5, 6, 7}); err != nil {
			return 0, err
		}
		eight = max(1, min(eight, time.Since(started)))
	}
	within := func(limit time.Duration) int {
		return (int(8*limit/eight) - probing.FirstRuns) / probing.RunsPerSample
	}
	return min(n, max(within(short), min(enough, max(within(long), least)))), nil
}
