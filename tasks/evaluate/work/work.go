// Package work is the worker half of evaluate: it runs models.
package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/results/scoreblock"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/evaluate"
	"github.com/sightline/sightline/worker"
)

// Kind is the worker half of evaluations.
func Kind(w *worker.Worker) task.Kind {
	return task.Kind{Name: evaluate.Name, Work: half{w, newOrder(w.Cores.Count())}.chunk}
}

type half struct {
	*worker.Worker
	order *order
}

// chunk runs the model on every image of a chunk:
//
//	read files ─(bounded channel)→ one batch per core: decode, preprocess, run ─→ block
//
// Reading is one batch ahead of each core; the cores share no locks.
func (w half) chunk(ctx context.Context, t *jobs.Task) (jobs.Result, error) {
	var p evaluate.Payload
	if err := json.Unmarshal(t.Payload, &p); err != nil {
		return jobs.Result{}, fmt.Errorf("read a chunk of an evaluation: %w", err)
	}
	model, release, err := w.Model(ctx, p.Spec)
	if err != nil {
		return jobs.Result{}, err
	}
	defer release()
	run := newRun(model, p, t.First)
	run.worker, run.task = w.Worker, t
	if err := run.share(ctx, p); err != nil {
		return jobs.Result{}, err
	}
	if err := w.runBatches(ctx, t, run); err != nil {
		return jobs.Result{}, err
	}
	out, err := run.result(t.File(".slb"))
	if err == nil {
		err = run.addMaps(&out, t.File(".pack"))
	}
	return out, err
}

// runBatches sends a chunk's batches through the stages.
func (w half) runBatches(ctx context.Context, t *jobs.Task, run *modelRun) error {
	group, ctx := errgroup.WithContext(ctx)
	ready := make(chan batch, w.Cores.Count())
	group.Go(func() error {
		defer close(ready)
		return run.read(ctx, w.Worker, ready)
	})
	report, rank := worker.Reporter(t), w.order.rank()
	for range w.Cores.Count() {
		group.Go(func() error {
			for b := range ready {
				if err := w.runBatch(ctx, t, run, b, rank); err != nil {
					return err
				}
				report(len(b.files))
			}
			return nil
		})
	}
	return group.Wait()
}

func (w half) runBatch(ctx context.Context, t *jobs.Task, run *modelRun, b batch, rank int) error {
	if err := t.Yield(ctx); err != nil {
		return err
	}
	done, err := w.order.acquire(ctx, rank)
	if err != nil {
		return err
	}
	defer done()
	release, err := w.Cores.Acquire(ctx)
	if err != nil {
		return err
	}
	defer release()
	return run.work(ctx, b)
}

// modelRun is one chunk's way through a model. Batches write disjoint parts of
// its slices.
type modelRun struct {
	worker *worker.Worker
	task   *jobs.Task

	model *classifier.Classifier
	items []evaluate.Item
	batch int // slots of a run
	first int // index in the job of items[0]

	kind      scoreblock.Kind
	values    []float32 // [items][classes]
	embedding []float32 // [items][size]
	reasons   []error   // why an item has no values

	maps *mapping // what makes maps of the runs; nil: none

	unanswered worker.Unanswered
	unending   worker.Unending
}

func newRun(model *classifier.Classifier, p evaluate.Payload, first int) *modelRun {
	n := len(p.Items)
	return &modelRun{model: model, items: p.Items, batch: max(1, p.Batch), first: first, kind: blockKind(model.Spec()),
		values: make([]float32, n*model.Classes()), embedding: make([]float32, n*model.Spec().EmbeddingSize), reasons: make([]error, n)}
}

// blockKind says how a model's values become scores: where the graph hides the
// logits, the scores are kept as it gave them.
func blockKind(s *classifier.Spec) scoreblock.Kind {
	switch {
	case s.LogitTensor == "":
		return scoreblock.PlainScores
	case s.Activation == classifier.Sigmoid || s.Activation == classifier.Sigmoid1:
		return scoreblock.SigmoidLogits
	}
	return scoreblock.SoftmaxLogits
}

// batch is the items [from, from+len(files)) of a chunk and their files' content.
type batch struct {
	from  int
	files []file
}

type file struct {
	data []byte
	err  error
}

// read reads the files of one batch after another. Batches end where the slots
// of the whole job's batches do.
func (r *modelRun) read(ctx context.Context, w *worker.Worker, ready chan<- batch) error {
	for from := 0; from < len(r.items); {
		n := min(r.batch-(r.first+from)%r.batch, len(r.items)-from)
		b := batch{from: from, files: make([]file, n)}
		images := make([]task.Image, n)
		for i := range images {
			images[i] = r.items[from+i].Image
		}
		err := w.ReadBatch(ctx, images, func(i int, data []byte, err error) error {
			b.files[i] = file{data, err}
			return r.unanswered.Add(err)
		})
		if err != nil {
			return err
		}
		select {
		case ready <- b:
		case <-ctx.Done():
			return ctx.Err()
		}
		from += n
	}
	return nil
}

// inputs recycles the memory of batches.
var inputs sync.Pool // *[]float32

// work decodes, preprocesses and runs a batch. Every sample keeps its slot, and
// slots without one are zero, so that the same sample always meets the same
// arithmetic.
func (r *modelRun) work(ctx context.Context, b batch) error {
	size := r.model.InputLen()
	input := takeInput(r.batch * size)
	defer inputs.Put(input)
	slot := r.slot(b.from)
	var filled []int
	for i := range b.files {
		at := (slot + i) * size
		if r.reasons[b.from+i] = r.prepare(b.from+i, &b.files[i], (*input)[at:at+size]); r.reasons[b.from+i] == nil {
			filled = append(filled, b.from+i)
		}
	}
	return r.settle(ctx, *input, filled)
}

// slot is where item i of the chunk sits in its run.
func (r *modelRun) slot(i int) int { return (r.first + i) % r.batch }

func takeInput(n int) *[]float32 {
	input, _ := inputs.Get().(*[]float32)
	if input == nil || cap(*input) < n {
		made := make([]float32, n)
		return &made
	}
	*input = (*input)[:n]
	clear(*input)
	return input
}

// prepare decodes the file of an item into the model's input; f's content is let go.
func (r *modelRun) prepare(item int, f *file, dst []float32) error {
	if f.err != nil {
		return f.err
	}
	im, err := imaging.Decode(f.data, imaging.Limits{})
	f.data = nil
	if err != nil {
		return err
	}
	defer im.Release()
	geometry, err := r.model.Preprocess(im, dst)
	if err != nil {
		return err
	}
	if r.maps != nil {
		r.maps.geometries[item] = geometry
	}
	if err = r.worker.Known(r.task, item, r.items[item].Image, ""); err != nil {
		clear(dst)
	}
	return err
}

var errNotFinite = errors.New("the model gave a score that is no number (NaN or infinity) for this sample")

// keep copies what the model gave for items of a batch.
func (r *modelRun) keep(items []int, result *classifier.Result) {
	values := result.Logits
	if r.kind == scoreblock.PlainScores {
		values = result.Scores
	}
	classes, size := r.model.Classes(), r.model.Spec().EmbeddingSize
	for _, at := range items {
		from := r.slot(at)
		if slices.Contains(result.NotFinite, from) {
			r.reasons[at] = errNotFinite
		}
		copy(r.values[at*classes:(at+1)*classes], values[from*classes:])
		if size > 0 {
			copy(r.embedding[at*size:(at+1)*size], result.Embedding[from*size:])
		}
	}
}

// result writes the block of the items that have values and lists the others.
func (r *modelRun) result(path string) (jobs.Result, error) {
	block := scoreblock.Block{Classes: r.model.Classes(), Kind: r.kind}
	size := r.model.Spec().EmbeddingSize
	for i, it := range r.items {
		if r.reasons[i] != nil {
			continue
		}
		block.Samples = append(block.Samples, it.ID)
		block.Values = append(block.Values, r.values[i*block.Classes:(i+1)*block.Classes]...)
		block.Embedding = append(block.Embedding, r.embedding[i*size:(i+1)*size]...)
	}
	out := jobs.Result{Failed: task.Failures(r.first, r.reasons)}
	if len(block.Samples) == 0 {
		return out, nil
	}
	out.Path = path
	return out, scoreblock.Write(path, &block)
}
