package results

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/results/scoreblock"
	"github.com/sightline/sightline/workspace"
)

// predictionRows are the columns of the rows of one block.
type predictionRows struct {
	// of every sample of the block
	all []labelled

	// of those with a prediction
	row, truth, predicted, truthRank []int32
	sample                           []int64
	split                            []string
	confidence, truthScore           []float32
	loss, logLoss, brier             []float64
	top                              [][]int32
	topScores                        [][]float32
}

// labelled is a sample and what the catalogue knows of it.
type labelled struct {
	sample int64
	truth  int32 // class, or -1
	split  string
}

// newRows looks up truth and split of the block's samples.
func newRows(ctx context.Context, tx *workspace.Tx, b *scoreblock.File, number int) (*predictionRows, error) {
	ids, err := b.Samples()
	if err != nil {
		return nil, err
	}
	found, err := tx.Query(ctx, `SELECT s.id, coalesce(m.class, -1), s.split FROM samples s
		LEFT JOIN evaluation_labels m ON m.evaluation = ? AND m.label = s.label
		WHERE s.id BETWEEN ? AND ? AND s.id IN (SELECT unnest(?::BIGINT[]))`, number, slices.Min(ids), slices.Max(ids), ids) // most of the table is not looked at
	if err != nil {
		return nil, err
	}
	defer found.Close()
	facts := make(map[int64]labelled, len(ids))
	for found.Next() {
		var l labelled
		if err := found.Scan(&l.sample, &l.truth, &l.split); err != nil {
			return nil, err
		}
		facts[l.sample] = l
	}
	r := &predictionRows{}
	for _, id := range ids {
		l, ok := facts[id]
		if !ok {
			return nil, errors.Join(fmt.Errorf("sample %d of the block: %w", id, workspace.ErrNotFound), found.Err())
		}
		r.all = append(r.all, l)
	}
	return r, nil
}

// compute fills in what follows from the scores, leaving out rows with an
// output that is no number, and writes the truth into the block.
func (r *predictionRows) compute(b *scoreblock.File, splits []string) ([]catalog.Failure, error) {
	values, err := b.Rows()
	if err != nil {
		return nil, err
	}
	norms, err := b.Norms()
	if err != nil {
		return nil, err
	}
	scores := make([]float32, b.Classes)
	truth, code := make([]int32, b.N), make([]int32, b.N)
	var bad []catalog.Failure
	for i, l := range r.all {
		truth[i], code[i] = l.truth, int32(slices.Index(splits, l.split))
		row := values[i*b.Classes : (i+1)*b.Classes]
		for c, v := range row {
			scores[c] = b.Kind.Score(v, norms[i])
		}
		if slices.ContainsFunc(scores, isNaN) || slices.ContainsFunc(row, isNaN) {
			bad = append(bad, catalog.Failure{Sample: l.sample, Reason: "the model's output is not a number: check the model and its preprocessing"})
			truth[i] = scoreblock.Unpredicted
			continue
		}
		r.add(i, b.Kind, row, norms[i], scores)
	}
	return bad, b.PutTruth(truth, code)
}

func isNaN(v float32) bool { return v != v }

func (r *predictionRows) add(i int, kind scoreblock.Kind, row []float32, norm float64, scores []float32) {
	l, top := r.all[i], bestFive(row)
	topScores := make([]float32, len(top))
	for j, c := range top {
		topScores[j] = scores[c]
	}
	r.row, r.sample = append(r.row, int32(i)), append(r.sample, l.sample)
	r.truth, r.split = append(r.truth, l.truth), append(r.split, l.split)
	r.predicted, r.confidence = append(r.predicted, top[0]), append(r.confidence, topScores[0])
	r.top, r.topScores = append(r.top, top), append(r.topScores, topScores)
	var score float32
	var rank int32
	var loss, logLoss, brier float64
	if l.truth >= 0 {
		t := []int{int(l.truth)}
		score, rank, loss = scores[t[0]], rankOf(scores, t[0]), lossOf(kind, row[t[0]], norm, scores[t[0]])
		logLoss, brier = metrics.LogLoss(scores, len(scores), t), metrics.Brier(scores, len(scores), t)
		if kind == scoreblock.SigmoidLogits && !oneLogit(row) {
			logLoss = metrics.LogLossEach(scores, len(scores), t)
		}
	}
	r.truthScore, r.truthRank = append(r.truthScore, score), append(r.truthRank, rank)
	r.loss, r.logLoss, r.brier = append(r.loss, loss), append(r.logLoss, logLoss), append(r.brier, brier)
}

// oneLogit reports whether the values are −z and z: those of a single output, whose two
// scores add up to 1.
func oneLogit(row []float32) bool { return len(row) == 2 && row[0] == -row[1] }

// bestFive are the classes with the largest values, best first; of equal ones
// the lower index first.
func bestFive(row []float32) []int32 {
	top := make([]int32, 0, 6)
	for c := range row {
		at := len(top)
		for at > 0 && row[c] > row[top[at-1]] {
			at--
		}
		if at < 5 {
			top = slices.Insert(top, at, int32(c))
			top = top[:min(5, len(top))]
		}
	}
	return top
}

// rankOf counts the classes that stand before one: those with larger scores,
// and those with equal ones and a higher index, as metrics.InTopK has it.
func rankOf(scores []float32, class int) (rank int32) {
	for c, v := range scores {
		if v > scores[class] || v == scores[class] && c > class {
			rank++
		}
	}
	return rank
}

// lossOf is -ln of the true class's score, computed from the logits where they
// are known, so that samples whose score rounds to 0 still have an order.
func lossOf(kind scoreblock.Kind, value float32, norm float64, score float32) float64 {
	if kind == scoreblock.SoftmaxLogits && !math.IsInf(float64(value), -1) {
		return norm - float64(value)
	}
	return -math.Log(math.Max(float64(score), math.SmallestNonzeroFloat64))
}

// insert appends the rows: bound as parameters they took most of the time.
func (r *predictionRows) insert(tx *workspace.Tx, number, chunk int) error {
	return tx.Append("predictions", len(r.row), func(i int) []driver.Value {
		known := r.truth[i] >= 0
		return []driver.Value{int32(number), int32(chunk), r.row[i], r.sample[i], r.split[i], r.truth[i], r.predicted[i], r.confidence[i],
			where(known, r.truthScore[i]), where(known, r.truthRank[i]), where(known, r.loss[i]), where(known, r.logLoss[i]), where(known, r.brier[i]),
			r.top[i], r.topScores[i]}
	})
}

// where is a value, or NULL.
func where(known bool, v driver.Value) driver.Value {
	if !known {
		return nil
	}
	return v
}
