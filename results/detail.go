package results

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/sightline/sightline/results/scoreblock"
	"github.com/sightline/sightline/workspace"
)

// ClassScore is one class's score of a sample. Logit is the logarithm of the
// score where the model hides its logits.
type ClassScore struct {
	Index int     `json:"index"`
	Name  string  `json:"name"`
	Score float32 `json:"score"`
	Logit float32 `json:"logit"`
}

// Prediction is everything an evaluation says of one sample. Truth is -1
// without a true class. Scores holds all classes, best first, equal ones by index.
type Prediction struct {
	Sample     int64        `json:"sample"`
	Truth      int          `json:"truth"`
	Predicted  int          `json:"predicted"`
	Confidence float32      `json:"confidence"`
	Loss       *float64     `json:"loss"`
	Split      string       `json:"split"`
	Scores     []ClassScore `json:"scores"`
	Embedding  []float32    `json:"-"`
}

// Top is the n best scores, and the true class's after them if it is not among
// them.
func (p *Prediction) Top(n int) []ClassScore {
	n = min(n, len(p.Scores))
	top := slices.Clone(p.Scores[:n])
	for _, s := range p.Scores[n:] {
		if s.Index == p.Truth {
			top = append(top, s)
		}
	}
	return top
}

// Logits are the values of all classes, by class.
func (p *Prediction) Logits() []float32 {
	out := make([]float32, len(p.Scores))
	for _, s := range p.Scores {
		out[s.Index] = s.Logit
	}
	return out
}

// Prediction reads one sample's prediction from its score block. The error is
// workspace.ErrNotFound if the evaluation has none, with the reason if it failed.
func (db *Store) Prediction(ctx context.Context, evaluation string, sample int64) (*Prediction, error) {
	e, err := db.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	p := &Prediction{Sample: sample}
	var file string
	var row int
	var loss sql.NullFloat64
	err = db.ws.QueryRow(ctx, `SELECT p.truth, p.predicted, p.confidence, p.loss, p.split, b.file, p.row
		FROM predictions p JOIN blocks b ON b.evaluation = p.evaluation AND b.chunk = p.chunk
		WHERE p.evaluation = ? AND p.sample = ?`, e.number, sample).
		Scan(&p.Truth, &p.Predicted, &p.Confidence, &loss, &p.Split, &file, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, db.whyMissing(ctx, e, sample)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the prediction of sample %d: %w", sample, err)
	}
	if loss.Valid {
		p.Loss = &loss.Float64
	}
	return p, db.readScores(p, e, file, row)
}

func (db *Store) whyMissing(ctx context.Context, e *Evaluation, sample int64) error {
	var reason string
	err := db.ws.QueryRow(ctx, `SELECT reason FROM failures WHERE evaluation = ? AND sample = ? LIMIT 1`, e.number, sample).Scan(&reason)
	if err == nil {
		return fmt.Errorf("sample %d has no prediction in %s (%w): %s", sample, e.ID, workspace.ErrNotFound, reason)
	}
	return fmt.Errorf("sample %d has no prediction in %s: %w", sample, e.ID, workspace.ErrNotFound)
}

func (db *Store) readScores(p *Prediction, e *Evaluation, file string, row int) error {
	b, err := scoreblock.Open(db.ws.Path(file))
	if err != nil {
		return err
	}
	defer b.Close()
	values, err := b.Row(row)
	if err != nil {
		return err
	}
	norm, err := b.Norm(row)
	if err != nil {
		return err
	}
	order := make([]int, len(values))
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(x, y int) int {
		switch {
		case values[x] > values[y]:
			return -1
		case values[x] < values[y]:
			return 1
		}
		return 0
	})
	for _, c := range order {
		p.Scores = append(p.Scores, ClassScore{c, e.Classes[c], b.Kind.Score(values[c], norm), b.Kind.Logit(values[c])})
	}
	p.Embedding, err = b.EmbeddingOf(row)
	return err
}
