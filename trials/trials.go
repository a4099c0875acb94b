package trials

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/workspace"
)

// Trial is what the model said of a sample of which something was changed.
type Trial struct {
	Unit   int    `json:"unit"`             // of the plan
	Sample int64  `json:"sample"`           //
	Class  int    `json:"class"`            // what it is about
	Region string `json:"region,omitempty"` // "" for the sample as it is
	Place  int    `json:"place,omitempty"`  // 0: the region itself; others are controls
	Fill   string `json:"fill,omitempty"`
	Donor  int64  `json:"donor,omitempty"` // the sample that was pasted from

	Area   float64 `json:"area,omitempty"` // share of the image that was changed
	Logits []byte  `json:"logits"`         // little-endian float32, one per class
}

// Scores are the logits.
func (t *Trial) Scores() []float32 { return floats.From(t.Logits) }

// Ingest stores trials as part of tx, replacing those of the same units. It is an error if
// the stage has another plan than the job's by now.
func (db *Store) Ingest(ctx context.Context, tx *workspace.Tx, evaluation, stage, job string, list []Trial) error {
	number, err := results.Number(ctx, tx, evaluation)
	if err != nil {
		return err
	}
	owner, err := workspace.QueryAll[string](ctx, tx, `SELECT job FROM trial_plans WHERE evaluation = ? AND stage = ?`, number, stage)
	if err != nil {
		return err
	}
	if len(owner) != 1 || owner[0] != job {
		return fmt.Errorf("the trials of %s are planned anew, by another job; nothing is left to do here", evaluation)
	}
	units := make([]int32, len(list))
	for i, t := range list {
		units[i] = int32(t.Unit)
	}
	_, err = tx.Exec(ctx, `DELETE FROM trials WHERE evaluation = ? AND stage = ? AND unit IN (SELECT unnest(?::INTEGER[]))`, number, stage, units)
	if err != nil {
		return fmt.Errorf("storing trials of %s: %w", evaluation, err)
	}
	return tx.Append("trials", len(list), func(i int) []driver.Value {
		t := &list[i]
		return []driver.Value{int32(number), stage, int32(t.Unit), t.Sample, int32(t.Class), t.Region, int32(t.Place), t.Fill, t.Donor, t.Area, t.Logits}
	})
}

// Count is how many trials there are of evaluations, given by their keys in the tables.
func (db *Store) Count(ctx context.Context, evaluations []int32) (n int, err error) {
	err = db.ws.QueryRow(ctx, `SELECT count(*) FROM trials WHERE evaluation IN (SELECT unnest(?::INTEGER[]))`, evaluations).Scan(&n)
	if err != nil {
		err = fmt.Errorf("count the trials of evaluations: %w", err)
	}
	return n, err
}

// Units lists the units of a stage that have trials.
func (db *Store) Units(ctx context.Context, evaluation, stage string) (map[int]bool, error) {
	list, err := workspace.QueryAll[int](ctx, db.ws, `SELECT DISTINCT t.unit FROM trials t JOIN evaluations e ON e.id = t.evaluation
		WHERE e.slug = ? AND t.stage = ?`, evaluation, stage)
	if err != nil {
		return nil, fmt.Errorf("listing the trials of %s: %w", evaluation, err)
	}
	units := make(map[int]bool, len(list))
	for _, u := range list {
		units[u] = true
	}
	return units, nil
}

// Trials returns those of a stage, by unit, each unit's by region, fill and place.
func (db *Store) Trials(ctx context.Context, evaluation, stage string) ([]Trial, error) {
	return db.read(ctx, evaluation, stage, "")
}

// read returns the trials of a stage that meet a condition.
func (db *Store) read(ctx context.Context, evaluation, stage, condition string, args ...any) ([]Trial, error) {
	rows, err := db.ws.Query(ctx, `SELECT t.unit, t.sample, t.class, t.region, t.place, t.fill, t.donor, t.area, t.logits
		FROM trials t JOIN evaluations e ON e.id = t.evaluation WHERE e.slug = ? AND t.stage = ?`+condition+`
		ORDER BY t.unit, t.region, t.fill, t.place, t.donor`, append([]any{evaluation, stage}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("reading the trials of %s: %w", evaluation, err)
	}
	defer rows.Close()
	var list []Trial
	for rows.Next() {
		var t Trial
		if err := rows.Scan(&t.Unit, &t.Sample, &t.Class, &t.Region, &t.Place, &t.Fill, &t.Donor, &t.Area, &t.Logits); err != nil {
			return nil, fmt.Errorf("reading the trials of %s: %w", evaluation, err)
		}
		list = append(list, t)
	}
	return list, rows.Err()
}
