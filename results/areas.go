package results

import (
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/internal/order"
	"github.com/sightline/sightline/results/scoreblock"
	"github.com/sightline/sightline/workspace"
)

// Areas are a class's areas under its curves. ROCAUC is nil unless there are
// positives and negatives.
type Areas struct {
	Class            int
	Positives        int
	AveragePrecision float64
	ROCAUC           *float64
}

// Areas returns the stored areas of all classes, by class; nil if ComputeAreas
// has not run since the predictions last changed.
func (db *Store) Areas(ctx context.Context, evaluation, split string) ([]Areas, error) {
	e, err := db.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	rows, err := db.ws.Query(ctx, `SELECT class, positives, average_precision, roc_auc FROM class_areas
		WHERE evaluation = ? AND split = ? ORDER BY class`, e.number, split)
	if err != nil {
		return nil, fmt.Errorf("reading the areas of %s: %w", e.ID, err)
	}
	defer rows.Close()
	var list []Areas
	for rows.Next() {
		var a Areas
		var roc sql.NullFloat64
		if err := rows.Scan(&a.Class, &a.Positives, &a.AveragePrecision, &roc); err != nil {
			return nil, fmt.Errorf("reading the areas of %s: %w", e.ID, err)
		}
		if roc.Valid {
			a.ROCAUC = &roc.Float64
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// classGroup is the number of classes whose scores ComputeAreas holds at a
// time: 4 bytes a sample each.
const classGroup = 8

// ComputeAreas computes and stores the areas of all classes for one split, or
// for all samples with split "". It reads every score once.
func (db *Store) ComputeAreas(ctx context.Context, evaluation, split string) error {
	e, err := db.Evaluation(ctx, evaluation)
	if err != nil {
		return err
	}
	blocks, err := db.openLabelled(ctx, e, split)
	if err != nil {
		return fmt.Errorf("computing the areas of %s: %w", e.ID, err)
	}
	defer blocks.close()
	result := make([]Areas, len(e.Classes))
	for first := 0; first < len(result); first += classGroup {
		if err := blocks.group(ctx, result[first:min(first+classGroup, len(result))], first); err != nil {
			return fmt.Errorf("computing the areas of %s: %w", e.ID, err)
		}
	}
	return db.ws.Update(ctx, func(tx *workspace.Tx) error { return putAreas(ctx, tx, e.number, split, result) })
}

func putAreas(ctx context.Context, tx *workspace.Tx, number int, split string, list []Areas) error {
	var classes, positives []int32
	var precision, roc []float64
	for _, a := range list {
		area := -1.0
		if a.ROCAUC != nil {
			area = *a.ROCAUC
		}
		classes, positives = append(classes, int32(a.Class)), append(positives, int32(a.Positives))
		precision, roc = append(precision, a.AveragePrecision), append(roc, area)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM class_areas WHERE evaluation = ? AND split = ?`, number, split); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO class_areas SELECT ?, ?, class, positives, ap, CASE WHEN roc >= 0 THEN roc END
		FROM (SELECT unnest(?::INTEGER[]) AS class, unnest(?::INTEGER[]) AS positives, unnest(?::DOUBLE[]) AS ap, unnest(?::DOUBLE[]) AS roc)`,
		number, split, classes, positives, precision, roc)
	return err
}

// labelledBlocks are the open blocks of an evaluation, and of each the rows that
// are labelled and in the split.
type labelledBlocks struct {
	files []*scoreblock.File
	rows  [][]int32
	norms [][]float64
	truth []int32 // of all those rows
}

func (l *labelledBlocks) close() {
	for _, b := range l.files {
		b.Close()
	}
}

// blockFiles lists the block files of an evaluation, relative to the workspace.
func (db *Store) blockFiles(ctx context.Context, e *Evaluation) ([]string, error) {
	rows, err := db.ws.Query(ctx, `SELECT file FROM blocks WHERE evaluation = ? AND file <> '' ORDER BY chunk`, e.number)
	if err != nil {
		return nil, fmt.Errorf("finding the score blocks of %s: %w", e.ID, err)
	}
	return workspace.ScanAll[string](rows)
}

// Blocks lists the block files of an evaluation, and a text that changes whenever they do.
func (db *Store) Blocks(ctx context.Context, evaluation string) (paths []string, revision string, err error) {
	e, err := db.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, "", err
	}
	names, err := db.blockFiles(ctx, e)
	for _, name := range names {
		paths = append(paths, db.ws.Path(name))
	}
	return paths, strings.Join(names, " "), err
}

func (db *Store) openLabelled(ctx context.Context, e *Evaluation, split string) (*labelledBlocks, error) {
	files, err := db.blockFiles(ctx, e)
	if err != nil {
		return nil, err
	}
	l := &labelledBlocks{}
	for _, name := range files {
		b, err := scoreblock.Open(db.ws.Path(name))
		if err == nil {
			l.files = append(l.files, b)
			err = l.add(b, int32(slices.Index(e.Splits, split)), split == "")
		}
		if err != nil {
			l.close()
			return nil, err
		}
	}
	return l, nil
}

func (l *labelledBlocks) add(b *scoreblock.File, code int32, all bool) error {
	truth, err := b.Truth()
	if err != nil {
		return err
	}
	splits, err := b.Splits()
	if err != nil {
		return err
	}
	norms, err := b.Norms()
	if err != nil {
		return err
	}
	var rows []int32
	for i, t := range truth {
		if t >= 0 && (all || splits[i] == code) {
			rows, l.truth = append(rows, int32(i)), append(l.truth, t)
		}
	}
	l.rows, l.norms = append(l.rows, rows), append(l.norms, norms)
	return nil
}

// group computes the areas of the classes from first on, side by side.
func (l *labelledBlocks) group(ctx context.Context, result []Areas, first int) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.NumCPU())
	for i := range result {
		g.Go(func() error {
			scores, err := l.scores(ctx, first+i)
			if err != nil {
				return err
			}
			result[i] = areasOf(scores, l.truth, first+i)
			return nil
		})
	}
	return g.Wait()
}

// scores are those of one class, as truth has the rows.
func (l *labelledBlocks) scores(ctx context.Context, class int) ([]float32, error) {
	scores := make([]float32, 0, len(l.truth))
	for k, b := range l.files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		column, err := b.Column(class)
		if err != nil {
			return nil, err
		}
		norms := l.norms[k]
		for _, row := range l.rows[k] {
			scores = append(scores, b.Kind.Score(column[row], norms[row]))
		}
	}
	return scores, nil
}

// areasOf gives what metrics.PrecisionRecall gives, to the bit, without sorting
// the negatives: both areas depend only on how many negatives lie above, at and
// between the scores of the positives, which are few.
func areasOf(scores []float32, truth []int32, class int) Areas {
	var positive []float32
	for i, t := range truth {
		if int(t) == class {
			positive = append(positive, scores[i])
		}
	}
	a := Areas{Class: class, Positives: len(positive)}
	slices.Sort(positive)
	steps := slices.Compact(slices.Clone(positive)) // ascending
	at, above := make([]int, len(steps)), make([]int, len(steps)+1)
	index := newStepIndex(steps)
	for i, t := range truth {
		if int(t) == class || len(steps) == 0 || scores[i] < steps[0] {
			continue
		}
		if k, equal := index.find(scores[i]); equal {
			at[k]++
		} else {
			above[k]++ // above step k-1, below step k
		}
	}
	a.sum(positive, steps, at, above, len(truth)-len(positive))
	return a
}

// sum walks down the thresholds: above[k] negatives lie between steps k-1 and
// k, at[k] on step k.
func (a *Areas) sum(positive, steps []float32, at, above []int, negatives int) {
	if a.Positives == 0 {
		return
	}
	precision, doubled := 0.0, 0.0
	tp, fp, left := 0, 0, len(positive)
	for k := len(steps) - 1; k >= 0; k-- {
		doubled += float64(above[k+1]) * float64(2*tp)
		fp += above[k+1] + at[k]
		before := tp
		for left > 0 && positive[left-1] == steps[k] {
			left--
			tp++
		}
		precision += float64(tp-before) * (float64(tp) / float64(tp+fp))
		doubled += float64(at[k]) * float64(tp+before)
	}
	doubled += float64(negatives-fp) * float64(2*tp)
	a.AveragePrecision = precision / float64(a.Positives)
	if negatives > 0 {
		area := doubled / 2 / float64(a.Positives) / float64(negatives)
		a.ROCAUC = &area
	}
}

// stepIndex finds a number among ascending ones: the leading bits of a float
// order as the float does, so they narrow the search to a few neighbours.
type stepIndex struct {
	steps []float32
	start [1<<stepBits + 1]int32
}

const stepBits = 13 // sign, exponent and four bits of the mantissa

func newStepIndex(steps []float32) *stepIndex {
	x := &stepIndex{steps: steps}
	k := 0
	for bucket := range x.start {
		for k < len(steps) && stepBucket(steps[k]) < bucket {
			k++
		}
		x.start[bucket] = int32(k)
	}
	return x
}

// stepBucket is the leading bits of v, turned so that they order as v does.
func stepBucket(v float32) int { return int(order.Key(v) >> (32 - stepBits)) }

// find returns the place of v, or of the next larger number, as
// slices.BinarySearch does.
func (x *stepIndex) find(v float32) (place int, equal bool) {
	bucket := stepBucket(v)
	low, high := x.start[bucket], x.start[bucket+1]
	place, equal = slices.BinarySearch(x.steps[low:high], v)
	return int(low) + place, equal
}
