package work

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/imaging/drawing"
	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	explainwork "github.com/sightline/sightline/tasks/explain/work"
	"github.com/sightline/sightline/tasks/whatif"
	"github.com/sightline/sightline/worker"
)

// shownSide is the longer side at most of a changed image as it is shown, in pixels.
const shownSide = 1024

// hand changes one image, and answers with what the model says of it.
func (w half) hand(ctx context.Context, payload []byte, reply func([]byte) error) error {
	r, s, release, err := worker.Opened[whatif.HandRequest](ctx, w.Worker, payload)
	if err != nil {
		return err
	}
	defer release()
	im, err := w.changed(ctx, r)
	if err != nil {
		return &jobs.Coded{Code: task.CodeImage, Message: err.Error()}
	}
	defer im.Release()
	input := make([]float32, s.InputLen())
	g, err := s.Preprocess(im, input)
	if err != nil {
		return err
	}
	var a whatif.HandAnswer
	if a.Logits, err = s.Score(ctx, input, 1); err != nil {
		return worker.Told(err)
	}
	r.Item.Ranking = ranking(a.Logits)
	a.Scores = scoresOf(s.Spec(), a.Logits)
	a.Logits = told(s.Spec(), a.Logits, a.Scores)
	m, err := explainwork.MapOf(ctx, s, r.MapOptions, r.Item, input, g)
	if err != nil {
		return worker.Told(err)
	}
	a.Meta, a.Values = explain.MetaOf(m), floats.Bytes(m.Values)
	if a.Image, err = drawing.Thumbnail(im, shownSide); err != nil {
		return fmt.Errorf("show the changed image: %w", err)
	}
	return reply(task.JSON(a))
}

// changed is the image with its area changed.
func (w half) changed(ctx context.Context, r whatif.HandRequest) (*imaging.Image, error) {
	im, err := w.LoadImage(ctx, r.Item.Image)
	if err != nil {
		return nil, err
	}
	defer im.Release()
	if r.From == nil {
		return regions.Hide(im, r.Area, regions.Fill(r.Fill), 0)
	}
	donor, err := w.LoadImage(ctx, *r.From)
	if err != nil {
		return nil, fmt.Errorf("of the other image: %w", err)
	}
	defer donor.Release()
	return regions.Paste(im, r.Area, donor, r.Source)
}

// scoresOf are the scores of the logits that a model is run to, as the evaluation has them (scoreblock.Kind).
// Where the graph hides them, those of a softmax are logarithms of its scores.
func scoresOf(s *classifier.Spec, logits []float32) []float32 {
	out := make([]float32, len(logits))
	switch {
	case s.Activation == classifier.Sigmoid || s.Activation == classifier.Sigmoid1:
		for i, v := range logits {
			out[i] = float32(1 / (1 + math.Exp(-float64(v))))
		}
	case s.LogitTensor == "":
		for i, v := range logits {
			out[i] = float32(math.Exp(float64(v)))
		}
	default:
		top, sum := float64(slices.Max(logits)), 0.0
		for _, v := range logits {
			sum += math.Exp(float64(v) - top)
		}
		for i, v := range logits {
			out[i] = float32(math.Exp(float64(v)-top) / sum)
		}
	}
	return out
}

// told are the logits as they are told everywhere: of a graph that hides them the logarithms of the scores.
func told(s *classifier.Spec, logits, scores []float32) []float32 {
	if s.LogitTensor != "" {
		return logits
	}
	out := make([]float32, len(scores))
	for i, p := range scores {
		out[i] = float32(math.Log(math.Max(float64(p), math.SmallestNonzeroFloat32)))
	}
	return out
}

// ranking are the classes, the best first.
func ranking(logits []float32) []int {
	list := make([]int, len(logits))
	for i := range list {
		list[i] = i
	}
	slices.SortStableFunc(list, func(a, b int) int {
		switch {
		case logits[a] > logits[b]:
			return -1
		case logits[a] < logits[b]:
			return 1
		}
		return 0
	})
	return list[:min(5, len(list))]
}
