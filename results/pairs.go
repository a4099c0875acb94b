package results

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sightline/sightline/compare"
	"github.com/sightline/sightline/slice"
)

// other is an evaluation as the baseline of another one: which of its predictions
// belongs to which sample, and which of its classes is which.
type other struct {
	from string // rows of sample, there_truth, there_predicted, there_confidence
	args []any
}

// pairing pairs the predictions of e with those of the evaluation before: by sample where
// both are of one dataset, else by the bytes of the images. Of several samples of before
// with the same bytes the first by path counts. Classes of before are those of e with the
// same name, see compare.MatchClasses; -1 stays no label. Labels are those that the slice of
// the query asks for.
func (db *Store) pairing(ctx context.Context, q *query, e, before *Evaluation, of slice.Slice) (other, error) {
	source, release, err := db.source(ctx, before, of)
	if err != nil {
		return other{}, err
	}
	q.after(release)
	classes, err := json.Marshal(compare.MatchClasses(e.Classes, before.Classes))
	if err != nil {
		return other{}, err
	}
	class := func(column string) string {
		return fmt.Sprintf("CASE WHEN %[1]s < 0 THEN -1 ELSE (?::JSON::INTEGER[])[%[1]s + 1] END", column)
	}
	o := other{args: []any{string(classes), string(classes), before.number}}
	if e.datasetID == before.datasetID {
		o.from = `(SELECT sample, ` + class("truth") + ` AS there_truth, ` + class("predicted") + ` AS there_predicted,
			confidence::DOUBLE AS there_confidence FROM ` + source + ` WHERE evaluation = ?)`
		return o, nil
	}
	o.from = `(SELECT here.id AS sample, there.* EXCLUDE (hash) FROM samples here JOIN (
			SELECT s.hash, arg_min(` + class("p.truth") + `, s.path) AS there_truth, arg_min(` + class("p.predicted") + `, s.path) AS there_predicted,
				arg_min(p.confidence::DOUBLE, s.path) AS there_confidence
			FROM ` + source + ` JOIN samples s ON s.id = p.sample WHERE p.evaluation = ? AND s.hash <> '' GROUP BY s.hash) there
		ON there.hash = here.hash WHERE here.dataset = ?)`
	o.args = append(o.args, e.datasetID)
	return o, nil
}

// pairedWith is pairing with the evaluation of a name.
func (db *Store) pairedWith(ctx context.Context, q *query, e *Evaluation, before string, of slice.Slice) (other, error) {
	b, err := db.Evaluation(ctx, before)
	if err != nil {
		return other{}, err
	}
	return db.pairing(ctx, q, e, b, of)
}

// transition is the criterion transition(before): its values come from the pairs.
func (db *Store) transition(ctx context.Context, q *query, e *Evaluation, before string, of slice.Slice) (slice.Relation, error) {
	pairs, err := db.pairedWith(ctx, q, e, before, of)
	if err != nil {
		return slice.Relation{}, err
	}
	threshold, here := of.Threshold(), strings.TrimSuffix(q.source, "p")+"h"
	from := `(SELECT h.sample, CASE WHEN here AND there THEN 'still-right' WHEN here THEN 'fixed' WHEN there THEN 'broken'
			WHEN here_class = there_class THEN 'still-wrong' ELSE 'changed' END AS transition
		FROM (SELECT h.sample, h.truth = h.predicted AND h.confidence::DOUBLE >= ? AS here, there_truth = there_predicted AND there_confidence >= ? AS there,
				CASE WHEN h.confidence::DOUBLE >= ? THEN h.predicted ELSE -1 END AS here_class, CASE WHEN there_confidence >= ? THEN there_predicted ELSE -1 END AS there_class
			FROM ` + here + ` JOIN ` + pairs.from + ` t ON t.sample = h.sample
			WHERE h.evaluation = ? AND h.truth >= 0 AND there_truth <> -1) h)`
	args := append([]any{threshold, threshold, threshold, threshold}, pairs.args...)
	return slice.Relation{From: from, Value: "transition", Args: append(args, e.number)}, nil
}

// was is the criterion was(before): what the earlier evaluation predicted of the pairs.
func (db *Store) was(ctx context.Context, q *query, e *Evaluation, before string, of slice.Slice) (slice.Relation, error) {
	pairs, err := db.pairedWith(ctx, q, e, before, of)
	if err != nil {
		return slice.Relation{}, err
	}
	from := `(SELECT h.sample, CASE WHEN there_confidence >= ? THEN there_predicted ELSE -1 END AS was
		FROM ` + strings.TrimSuffix(q.source, "p") + "h JOIN " + pairs.from + ` t ON t.sample = h.sample
		WHERE h.evaluation = ? AND h.truth >= 0 AND there_truth <> -1)`
	return slice.Relation{From: from, Value: "was", Args: append(append([]any{of.Threshold()}, pairs.args...), e.number)}, nil
}

// Pairs counts the samples of a slice of an evaluation beside the predictions of the same
// images in another one, before: by label and by what each predicts, at the slice's
// threshold. Samples without a label on either side are left out and counted.
func (db *Store) Pairs(ctx context.Context, evaluation, before string, of slice.Slice) (*compare.Pairs, error) {
	q, e, err := db.build(ctx, evaluation, of, false)
	if err != nil {
		return nil, err
	}
	defer q.release()
	b, err := db.Evaluation(ctx, before)
	if err != nil {
		return nil, err
	}
	pairs, err := db.pairing(ctx, q, e, b, of)
	if err != nil {
		return nil, err
	}
	out := &compare.Pairs{Classes: e.Classes, Missing: compare.Missing(e.Classes, b.Classes), MissingBefore: compare.Missing(b.Classes, e.Classes)}
	threshold := of.Threshold()
	args := append([]any{threshold, threshold}, pairs.args...)
	rows, err := db.ws.Query(ctx, `SELECT p.truth, CASE WHEN p.confidence::DOUBLE >= ? THEN p.predicted ELSE -1 END AS here,
			there_truth, CASE WHEN there_confidence >= ? THEN there_predicted ELSE -1 END AS there, count(*)
		FROM `+q.source+" LEFT JOIN "+pairs.from+" t ON t.sample = p.sample"+strings.TrimPrefix(q.from, q.source)+
		` WHERE `+strings.Join(q.where, " AND ")+` GROUP BY ALL ORDER BY ALL`, append(args, q.args...)...)
	if err != nil {
		return nil, fmt.Errorf("pairing %s with %s: %w", e.ID, b.ID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var c compare.Cell
		var there int
		var thereTruth *int // none without a pair
		if err := rows.Scan(&c.Truth, &c.Now, &thereTruth, &there, &c.Count); err != nil {
			return nil, err
		}
		switch {
		case thereTruth == nil:
			out.Unpaired += c.Count
		case c.Truth < 0 || *thereTruth == -1:
			out.Unlabelled += c.Count
		default:
			c.Before, c.TruthBefore = there, *thereTruth
			out.Cells = append(out.Cells, c)
		}
	}
	return out, rows.Err()
}

// Paired gives for each sample of an evaluation the sample of another one with the same
// image, as the pairs of Pairs are made.
func (db *Store) Paired(ctx context.Context, evaluation, before string) (map[int64]int64, error) {
	return db.paired(ctx, evaluation, before, "", nil)
}

// Counterpart is the sample of another evaluation with the same image, if it has one.
func (db *Store) Counterpart(ctx context.Context, evaluation, before string, sample int64) (there int64, ok bool, err error) {
	pairs, err := db.paired(ctx, evaluation, before, " AND h.sample = ?", []any{sample})
	there, ok = pairs[sample]
	return there, ok, err
}

// paired gives the pairs of which h, the prediction of the evaluation, meets a further condition.
func (db *Store) paired(ctx context.Context, evaluation, before, condition string, with []any) (map[int64]int64, error) {
	e, err := db.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	b, err := db.Evaluation(ctx, before)
	if err != nil {
		return nil, err
	}
	query := `SELECT h.sample, t.sample FROM predictions t JOIN predictions h ON t.sample = h.sample WHERE t.evaluation = ? AND h.evaluation = ?`
	if e.datasetID != b.datasetID {
		query = `SELECT h.sample, there.sample FROM (
				SELECT s.hash, arg_min(p.sample, s.path) AS sample FROM predictions p JOIN samples s ON s.id = p.sample
				WHERE p.evaluation = ? AND s.hash <> '' GROUP BY s.hash) there
			JOIN samples s ON there.hash = s.hash JOIN predictions h ON s.id = h.sample WHERE h.evaluation = ?`
	}
	rows, err := db.ws.Query(ctx, query+condition, append([]any{b.number, e.number}, with...)...)
	if err != nil {
		return nil, fmt.Errorf("pairing %s with %s: %w", e.ID, b.ID, err)
	}
	defer rows.Close()
	pairs := map[int64]int64{}
	for rows.Next() {
		var here, there int64
		if err := rows.Scan(&here, &there); err != nil {
			return nil, err
		}
		pairs[here] = there
	}
	return pairs, rows.Err()
}
