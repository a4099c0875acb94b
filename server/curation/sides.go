package curation

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/figures"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stats"
)

// mostSides is how many slices are compared at once.
const mostSides = 20

// counting are the conditions that select nothing and say how images are counted: the same for both sides of a difference.
var counting = []string{"threshold", "labels"}

// besides are the figures that slices are compared by, of all that there are.
var besides = map[string]bool{"accuracy": true, "f1_macro": true, "log_loss": true, "ece": true}

// sides compares slices with what is left of the whole.
func (b *Resources) sides(ctx context.Context, in *struct {
	route.EvaluationPath
	route.SliceQuery
	Of []string `query:"of,explode" required:"true" doc:"A slice as a text, such as of=tag%3Drelabel; may be repeated. The other parameters are the whole that all are within"`
}) (api.Sides, error) {
	whole, err := in.Selected()
	if err != nil {
		return api.Sides{}, err
	}
	if len(in.Of) > mostSides {
		return api.Sides{}, route.BadRequest(fmt.Errorf("of is given %d times: at most %d slices are compared at once", len(in.Of), mostSides))
	}
	e, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return api.Sides{}, err
	}
	all, err := b.store.Results.Tally(ctx, e.ID, whole)
	if err != nil {
		return api.Sides{}, err
	}
	out := api.Sides{Level: 1 - 0.05/float64(len(in.Of)), Sides: []api.Side{}}
	if out.Whole, err = b.side(ctx, e, whole, whole, all); err != nil {
		return out, err
	}
	for _, text := range in.Of {
		of, within, err := sideOf(whole, text)
		if err != nil {
			return out, route.BadRequest(err)
		}
		t, err := b.store.Results.Tally(ctx, e.ID, within)
		if err != nil {
			return out, err
		}
		side, err := b.side(ctx, e, of, within, t)
		if err != nil {
			return out, err
		}
		side.Difference = difference(t, all, out.Level)
		out.Sides = append(out.Sides, side)
	}
	return out, nil
}

// sideOf is the slice that a text says, and what of the whole is in it.
func sideOf(whole slice.Slice, text string) (of, within slice.Slice, err error) {
	if of, err = slice.Parse(text); err != nil {
		return of, within, fmt.Errorf("of: %w", err)
	}
	if of.Only(counting...).String() != whole.Only(counting...).String() && !of.Only(counting...).Empty() {
		return of, within, fmt.Errorf("%s beside %s: threshold and labels=proposed say how all images are counted, so they belong to the whole: give them there", of, whole)
	}
	if within, err = whole.And(of.Minus(whole)); err != nil {
		err = fmt.Errorf("%s beside %s: %w; leave it out of the whole, or save the slice and name it", of, whole, err)
	}
	return of, within, err
}

func (b *Resources) side(ctx context.Context, e *results.Evaluation, of, within slice.Slice, t results.Tally) (api.Side, error) {
	named, err := b.store.Results.Resolve(ctx, e, of)
	if err != nil {
		return api.Side{}, err
	}
	out := api.Side{Slice: of.String(), Within: within.String(), Sentence: named.Sentence(e.Classes), Samples: t.Samples, Labelled: t.Labelled, Correct: t.Correct, Figures: []api.Figure{}}
	found, err := figures.Of(ctx, b.store.Results, e.ID, within)
	for _, f := range found.Figures {
		if besides[f.Name] {
			out.Figures = append(out.Figures, f)
		}
	}
	return out, err
}

// difference is how much more is right in a slice than in the rest of the whole; none where a side has under five labels.
func difference(t, all results.Tally, level float64) *api.SideDifference {
	n, right := all.Labelled-t.Labelled, all.Correct-t.Correct
	if t.Labelled < 5 || n < 5 {
		return nil
	}
	d := api.SideDifference{Rest: n, Value: float64(t.Correct)/float64(t.Labelled) - float64(right)/float64(n)}
	d.Low, d.High = stats.WilsonDifference(t.Correct, t.Labelled, right, n, level)
	return &d
}
