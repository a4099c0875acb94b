package results

import (
	"context"
	"fmt"
	"slices"

	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/slice"
)

// Headline is how good a model is in one figure, over the images that say it best:
// those of test, else of val, else all but train, else all.
type Headline struct {
	Slice     slice.Slice
	Name      string             // of the slice, in a few words: "test", "all but train", "all"
	Samples   int                // planned in the slice
	Predicted int                // of those, with a prediction
	Confusion *metrics.Confusion // of those, with a true class; without a threshold

	AllPredicted int // samples with a prediction, in the slice or not
}

// splitCount counts the samples of a split: those in use or predicted, and of them those
// whose label is a class and those with a prediction.
type splitCount struct {
	split                        string
	samples, labelled, predicted int
}

// Headline is the headline of an evaluation. Which images it is over does not change
// while the evaluation goes on.
func (db *Store) Headline(ctx context.Context, evaluation string) (*Headline, error) {
	e, err := db.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	counts, err := db.splitCounts(ctx, e)
	if err != nil {
		return nil, fmt.Errorf("counting the splits of %s: %w", e.ID, err)
	}
	h := &Headline{}
	var has func(split string) bool
	h.Name, h.Slice, has = headlineOf(counts)
	for _, c := range counts {
		h.AllPredicted += c.predicted
		if has(c.split) {
			h.Samples += c.samples
			h.Predicted += c.predicted
		}
	}
	h.Confusion, err = db.Matrix(ctx, evaluation, h.Slice)
	return h, err
}

// headlineOf is the rule: what a model was trained on says little of it, and what its
// training was stopped by says too much. A split without labels says nothing.
func headlineOf(counts []splitCount) (name string, of slice.Slice, has func(split string) bool) {
	labelled := func(is func(split string) bool) bool {
		return slices.ContainsFunc(counts, func(c splitCount) bool { return c.labelled > 0 && is(c.split) })
	}
	for _, best := range []string{"test", "val"} {
		is := func(split string) bool { return split == best }
		if labelled(is) {
			return best, slice.Equal("split", slice.Named(best)), is
		}
	}
	isTrain := func(split string) bool { return split == "train" }
	isOther := func(split string) bool { return split != "train" }
	switch {
	case !labelled(isTrain):
		return "all", slice.Slice{}, func(string) bool { return true }
	case labelled(isOther):
		return "all but train", slice.MustParse("split=!train"), isOther
	}
	return "train", slice.Equal("split", slice.Named("train")), isTrain
}

func (db *Store) splitCounts(ctx context.Context, e *Evaluation) ([]splitCount, error) {
	rows, err := db.ws.Query(ctx, `SELECT coalesce(p.split, s.split) AS split, count(*), count(l.class), count(p.sample)
		FROM samples s
		LEFT JOIN evaluation_labels l ON l.evaluation = $1 AND l.label = s.label
		LEFT JOIN (SELECT sample, split FROM predictions WHERE evaluation = $1) p ON p.sample = s.id
		WHERE s.dataset = $2 AND (s.problem = '' AND NOT s.gone OR p.sample IS NOT NULL)
		GROUP BY 1 ORDER BY 1`, e.number, e.datasetID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []splitCount
	for rows.Next() {
		var c splitCount
		if err := rows.Scan(&c.split, &c.samples, &c.labelled, &c.predicted); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}
