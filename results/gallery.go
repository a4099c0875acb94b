package results

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/slice"
)

// Sort is an order of samples. Equal ones are in order of id.
type Sort string

// The orders. Loss is -ln of the true class's score; unlabelled samples last. Share is that of
// the slice's first criterion share; samples without one come as if it were less than 0.
const (
	LeastConfident Sort = "confidence"
	MostConfident  Sort = "-confidence"
	ByPath         Sort = "path"
	WorstLoss      Sort = "-loss"
	SmallestShare  Sort = "share"
	LargestShare   Sort = "-share"
)

// order is the SQL of a Sort: the key, and whether larger comes first.
func (s Sort) order() (key string, descending bool, err error) {
	switch s {
	case LeastConfident:
		return "p.confidence", false, nil
	case MostConfident, "":
		return "p.confidence", true, nil
	case ByPath:
		return "s.path", false, nil
	case WorstLoss:
		return "coalesce(p.loss, -1)", true, nil
	case SmallestShare, LargestShare:
		return "coalesce(o.value, -1)", s == LargestShare, nil
	}
	return "", false, fmt.Errorf("sort %q: one of confidence, -confidence, path, -loss, share, -share", s)
}

// inOrder is the query of a slice, and what an order sorts it by.
func (db *Store) inOrder(ctx context.Context, evaluation string, of slice.Slice, sort Sort) (q *query, key string, descending bool, err error) {
	if key, descending, err = sort.order(); err != nil {
		return nil, "", false, err
	}
	q, e, err := db.build(ctx, evaluation, of, sort == ByPath)
	if err != nil || sort != SmallestShare && sort != LargestShare {
		return q, key, descending, err
	}
	if err := db.sortedBy(ctx, q, e, of); err != nil {
		q.release()
		return nil, "", false, fmt.Errorf("selecting samples of %s: %w", e.ID, err)
	}
	return q, key, descending, nil
}

// Item is a sample in a gallery. Label is the true class, -1 without one;
// Width and Height are of the displayed image.
type Item struct {
	ID         int64    `json:"id"`
	Path       string   `json:"path"`
	Label      int      `json:"label"`
	LabelName  string   `json:"label_name"` // the dataset's own label
	Predicted  int      `json:"predicted"`
	Confidence float32  `json:"confidence"`
	TruthScore *float32 `json:"truth_score"`
	Split      string   `json:"split"`
	Width      int      `json:"width"`
	Height     int      `json:"height"`
}

// Samples is a page of the samples of a slice and how many there are in all.
func (db *Store) Samples(ctx context.Context, evaluation string, of slice.Slice, sort Sort, offset, limit int) (total int, page []Item, err error) {
	q, key, descending, err := db.inOrder(ctx, evaluation, of, sort)
	if err != nil {
		return 0, nil, err
	}
	defer q.release()
	if err := db.ws.QueryRow(ctx, `SELECT count(*) `+q.sql(), q.args...).Scan(&total); err != nil {
		return 0, nil, fmt.Errorf("counting samples: %w", err)
	}
	direction := ""
	if descending {
		direction = " DESC"
	}
	page, err = db.items(ctx, `SELECT p.*, row_number() OVER (ORDER BY p.key`+direction+`, p.sample) AS place FROM (
			SELECT p.sample, p.truth, p.predicted, p.confidence, p.truth_score, `+key+` AS key `+q.sql()+
		` ORDER BY `+key+direction+`, p.sample LIMIT ? OFFSET ?) p`, append(q.args, limit, offset)...)
	return total, page, err
}

// items reads the samples that a query of (sample, truth, predicted,
// confidence, truth_score, place) selects, in order of place.
func (db *Store) items(ctx context.Context, selection string, args ...any) ([]Item, error) {
	rows, err := db.ws.Query(ctx, `WITH page AS MATERIALIZED (`+selection+`)
		SELECT page.sample, s.path, page.truth, coalesce(l.name, ''), page.predicted, page.confidence, page.truth_score, s.split,
			s.width, s.height, s.orientation
		FROM page JOIN samples s ON s.id = page.sample LEFT JOIN labels l ON l.dataset = s.dataset AND l.label = s.label
		ORDER BY place`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading a page of samples: %w", err)
	}
	defer rows.Close()
	list := []Item{}
	for rows.Next() {
		var it Item
		var orientation imaging.Orientation
		if err := rows.Scan(&it.ID, &it.Path, &it.Label, &it.LabelName, &it.Predicted, &it.Confidence, &it.TruthScore, &it.Split,
			&it.Width, &it.Height, &orientation); err != nil {
			return nil, fmt.Errorf("reading a page of samples: %w", err)
		}
		it.Width, it.Height = orientation.Upright(it.Width, it.Height)
		list = append(list, it)
	}
	return list, rows.Err()
}

// Place is where a sample stands in a slice and order. Position counts from 0.
type Place struct {
	Position int    `json:"position"`
	Total    int    `json:"total"`
	Previous *int64 `json:"previous"`
	Next     *int64 `json:"next"`
}

// Place finds a sample's neighbours; ok is false if the slice does not select it.
func (db *Store) Place(ctx context.Context, evaluation string, of slice.Slice, sort Sort, sample int64) (place Place, ok bool, err error) {
	q, key, descending, err := db.inOrder(ctx, evaluation, of, sort)
	if err != nil {
		return Place{}, false, err
	}
	defer q.release()
	before, forward, backward := "<", "", " DESC"
	if descending {
		before, forward, backward = ">", " DESC", ""
	}
	var previous, next sql.NullInt64
	err = db.ws.QueryRow(ctx, `WITH f AS (SELECT p.sample AS id, `+key+` AS key `+q.sql()+`),
		here AS (SELECT key FROM f WHERE id = ?),
		sides AS (SELECT id, key, key `+before+` (FROM here) OR key = (FROM here) AND id < ? AS earlier FROM f WHERE id <> ?)
		SELECT (SELECT count(*) FROM here), (SELECT count(*) FROM f), (SELECT count(*) FROM sides WHERE earlier),
			(SELECT id FROM sides WHERE earlier ORDER BY key`+backward+`, id DESC LIMIT 1),
			(SELECT id FROM sides WHERE NOT earlier ORDER BY key`+forward+`, id LIMIT 1)`,
		append(q.args, sample, sample, sample)...).Scan(&ok, &place.Total, &place.Position, &previous, &next)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Place{}, false, fmt.Errorf("finding the place of sample %d: %w", sample, err)
	}
	place.Previous, place.Next = optional(previous), optional(next)
	if !ok {
		return Place{Total: place.Total}, false, nil
	}
	return place, true, nil
}

func optional(v sql.NullInt64) *int64 {
	if !v.Valid {
		return nil
	}
	return &v.Int64
}

// ItemsOf lists some samples of an evaluation, in the order given; those without a prediction are left out.
func (db *Store) ItemsOf(ctx context.Context, evaluation string, samples []int64) ([]Item, error) {
	e, err := db.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	return db.items(ctx, `SELECT p.sample, p.truth, p.predicted, p.confidence, p.truth_score, w.place
		FROM predictions p JOIN (SELECT unnest(?::BIGINT[]) AS sample, unnest(range(len(?::BIGINT[]))) AS place) w ON w.sample = p.sample
		WHERE p.evaluation = ?`, samples, samples, e.number)
}
