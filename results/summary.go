package results

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/slice"
)

// Summary is what an evaluation is assessed by, over a slice of its samples. Quotients
// are over labelled samples; where there is none they are 0.
type Summary struct {
	Samples     int // planned for the evaluation
	Evaluated   int // with a prediction, in the slice
	Labelled    int // of those, with a true class
	Unlabelled  int
	Failed      int // without a prediction because something failed
	Quarantined int // samples of the dataset that cannot be read
	Rotated     int // evaluated samples with an EXIF orientation other than 1
	LogLoss     float64
	Brier       float64
	ECE         float64 // 15 bins
	Top5        float64
	Confusion   *metrics.Confusion // at the threshold
	Areas       []Areas            // of each class, nil while not computed
	Embedding   bool
	SplitCounts []catalog.NamedCount // of evaluated samples
}

// ECEBins is the number of confidence bins of the expected calibration error,
// as Guo et al. 2017 use.
const ECEBins = 15

// Summary computes the summary of a slice of an evaluation. Areas of splits are stored; those of
// other slices are computed where that is quick, else nil.
func (db *Store) Summary(ctx context.Context, evaluation string, of slice.Slice) (*Summary, error) {
	q, e, err := db.build(ctx, evaluation, of, false)
	if err != nil {
		return nil, err
	}
	defer q.release()
	s := &Summary{Samples: e.Planned}
	for _, fill := range []func() error{
		func() error { return db.fillMeans(ctx, s, q) },
		func() error { return db.fillCalibration(ctx, s, q) },
		func() error { return db.fillSampleCounts(ctx, s, q, e) },
		func() (err error) { s.Confusion, err = db.Matrix(ctx, evaluation, of); return err },
		func() (err error) {
			if split, ok := of.Split(); ok {
				s.Areas, err = db.Areas(ctx, evaluation, split)
			}
			if err == nil && s.Areas == nil {
				s.Areas, err = db.areasOfSlice(ctx, e, of)
			}
			return err
		},
		func() (err error) {
			s.SplitCounts, err = catalog.NamedCounts(ctx, db.ws, `SELECT split, count(*) FROM predictions
				WHERE evaluation = ? AND split <> '' GROUP BY split ORDER BY split`, e.number)
			return err
		},
	} {
		if err := fill(); err != nil {
			return nil, fmt.Errorf("summing up %s: %w", e.ID, err)
		}
	}
	return s, nil
}

func (db *Store) fillMeans(ctx context.Context, s *Summary, q *query) error {
	var logLoss, brier, top5 sql.NullFloat64
	err := db.ws.QueryRow(ctx, `SELECT count(*), count(*) FILTER (p.truth >= 0), fsum(p.log_loss) / count(p.log_loss), fsum(p.brier) / count(p.brier),
			avg((p.truth_rank < 5)::INTEGER) `+q.sql(), q.args...).
		Scan(&s.Evaluated, &s.Labelled, &logLoss, &brier, &top5)
	s.Unlabelled = s.Evaluated - s.Labelled
	s.LogLoss, s.Brier, s.Top5 = logLoss.Float64, brier.Float64, top5.Float64
	return err
}

// fillCalibration sums confidences by bin, with metrics.Calibration's edges: an
// edge belongs to the lower bin.
func (db *Store) fillCalibration(ctx context.Context, s *Summary, q *query) error {
	edges := metrics.Edges(0, 1, ECEBins)
	rows, err := db.ws.Query(ctx, `SELECT bin, count(*), count(*) FILTER (hit), avg(v) FROM (
			SELECT v, hit, greatest(1, least(?, b + CASE WHEN v <= edges[b] THEN -1 WHEN v > edges[b + 1] THEN 1 ELSE 0 END)) - 1 AS bin
			FROM (SELECT v, hit, edges, greatest(1, least(?, ceil(v * ?)::INTEGER)) AS b
				FROM (SELECT p.confidence::DOUBLE AS v, p.truth = p.predicted AS hit, ?::DOUBLE[] AS edges `+q.sql()+` AND p.truth >= 0)))
		GROUP BY bin ORDER BY bin`, append([]any{ECEBins, ECEBins, ECEBins, edges}, q.args...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	bins := make([]metrics.Bin, ECEBins)
	for rows.Next() {
		var bin, count, correct int
		var confidence float64
		if err := rows.Scan(&bin, &count, &correct, &confidence); err != nil {
			return err
		}
		bins[bin] = metrics.Bin{Low: edges[bin], High: edges[bin+1], Count: count, Correct: correct,
			Confidence: confidence, Accuracy: float64(correct) / float64(count)}
	}
	s.ECE = metrics.ECE(bins)
	return rows.Err()
}

func (db *Store) fillSampleCounts(ctx context.Context, s *Summary, q *query, e *Evaluation) error {
	err := db.ws.QueryRow(ctx, `SELECT count(*) FROM samples WHERE orientation > 1 AND id IN (SELECT p.sample `+q.sql()+`)`, q.args...).Scan(&s.Rotated)
	if err != nil {
		return err
	}
	return db.ws.QueryRow(ctx, `SELECT
			(SELECT count(DISTINCT sample) FROM failures WHERE evaluation = $1),
			(SELECT count(*) FROM samples WHERE dataset = $2 AND problem <> '' AND NOT gone),
			(SELECT coalesce(bool_or(embedding > 0), false) FROM blocks WHERE evaluation = $1)`, e.number, e.datasetID).
		Scan(&s.Failed, &s.Quarantined, &s.Embedding)
}

// Failures lists the samples an evaluation has no prediction of, and why.
func (db *Store) Failures(ctx context.Context, evaluation string) ([]catalog.Failure, error) {
	e, err := db.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	rows, err := db.ws.Query(ctx, `SELECT sample, any_value(reason) FROM failures WHERE evaluation = ? GROUP BY sample ORDER BY sample`, e.number)
	if err != nil {
		return nil, fmt.Errorf("reading the failures of %s: %w", evaluation, err)
	}
	defer rows.Close()
	list := []catalog.Failure{}
	for rows.Next() {
		var f catalog.Failure
		if err := rows.Scan(&f.Sample, &f.Reason); err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, rows.Err()
}
