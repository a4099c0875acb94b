package maps

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/workspace"
)

// StoredShares is what a map says of the regions of its sample, and the revision of
// the dataset's regions that it was computed from.
type StoredShares struct {
	Revision int             `json:"revision"`
	Shares   []regions.Share `json:"shares"`
}

// Beside is what a pack of maps has beside each of them, as JSON.
type Beside struct {
	Trust  *StoredTrust  `json:"trust,omitempty"`
	Shares *StoredShares `json:"shares,omitempty"`
}

// SharesOf says which map of an evaluation shares are of.
type SharesOf struct {
	Sample int64
	Key    string
	StoredShares
}

// IngestShares stores the shares of maps as part of tx, replacing those they have.
func (db *Store) IngestShares(ctx context.Context, tx *workspace.Tx, evaluation string, list []SharesOf) error {
	number, err := results.Number(ctx, tx, evaluation)
	if err == nil {
		err = putShares(ctx, tx, number, list)
	}
	if err != nil {
		return fmt.Errorf("storing shares of regions of %s: %w", evaluation, err)
	}
	return nil
}

// PutShares is IngestShares in a transaction of its own.
func (db *Store) PutShares(ctx context.Context, evaluation string, list []SharesOf) error {
	return db.ws.Update(ctx, func(tx *workspace.Tx) error { return db.IngestShares(ctx, tx, evaluation, list) })
}

func putShares(ctx context.Context, tx *workspace.Tx, number int, list []SharesOf) error {
	samples, keys := make([]int64, len(list)), make([]string, len(list))
	var rows [][]driver.Value
	for i, of := range list {
		samples[i], keys[i] = of.Sample, of.Key
		for place, s := range of.Shares {
			rows = append(rows, []driver.Value{int32(number), of.Sample, of.Key, int32(of.Revision), int32(place), s.Region, s.Builtin, s.Share, s.Area, s.Ratio, s.Negative, s.Hottest})
		}
	}
	if err := dropShares(ctx, tx, number, samples, keys); err != nil {
		return err
	}
	return tx.Append("shares", len(rows), func(i int) []driver.Value { return rows[i] })
}

func dropShares(ctx context.Context, tx *workspace.Tx, number int, samples []int64, keys []string) error {
	_, err := tx.Exec(ctx, `DELETE FROM shares WHERE evaluation = ? AND (sample, key) IN
		(SELECT (unnest(?::BIGINT[]), unnest(?::VARCHAR[])))`, number, samples, keys)
	return err
}

// putBeside stores what a pack has beside its maps; of maps that are replaced nothing
// stays.
func putBeside(ctx context.Context, tx *workspace.Tx, number int, items []workspace.Packed) error {
	keys, samples, _, _, _ := workspace.Columns(items)
	if err := dropTrusts(ctx, tx, number, samples, keys); err != nil {
		return err
	}
	if err := dropShares(ctx, tx, number, samples, keys); err != nil {
		return err
	}
	var list []SharesOf
	for _, it := range items {
		if it.More == nil {
			continue
		}
		var b Beside
		if err := json.Unmarshal(it.More, &b); err != nil {
			return fmt.Errorf("what comes with the map %s of sample %d: %w", it.Key, it.Sample, err)
		}
		if b.Trust != nil {
			if err := insertTrust(ctx, tx, number, it.Sample, it.Key, *b.Trust); err != nil {
				return err
			}
		}
		if b.Shares != nil {
			list = append(list, SharesOf{it.Sample, it.Key, *b.Shares})
		}
	}
	return putShares(ctx, tx, number, list)
}

// withTrust tells whether a packed map, which putBeside has read, comes with its trust.
func withTrust(it workspace.Packed) bool {
	var b Beside
	return it.More != nil && json.Unmarshal(it.More, &b) == nil && b.Trust != nil
}

// Measured is a stored map, its trust where that is known, and its shares.
type Measured struct {
	Sample              int64
	Meta                json.RawMessage
	Verdict             string   // "" where trust is not known
	Insertion, Deletion *float64 // areas under the map's curves, where there are any
	Shares              []regions.Share
}

// Measured returns the maps of an evaluation under a key by their samples, with the
// shares that were computed from a revision of the regions. A map without such has none:
// others never stand for them.
func (db *Store) Measured(ctx context.Context, evaluation, key string, revision int) (map[int64]*Measured, error) {
	found := map[int64]*Measured{}
	if err := db.measuredMaps(ctx, evaluation, key, found); err != nil {
		return nil, fmt.Errorf("reading the maps %s of %s: %w", key, evaluation, err)
	}
	if err := db.measuredShares(ctx, evaluation, key, revision, found); err != nil {
		return nil, fmt.Errorf("reading the shares of the maps %s of %s: %w", key, evaluation, err)
	}
	return found, nil
}

func (db *Store) measuredMaps(ctx context.Context, evaluation, key string, into map[int64]*Measured) error {
	rows, err := db.ws.Query(ctx, `SELECT m.sample, m.meta, coalesce(t.verdict, ''), t.insertion, t.deletion
		FROM maps m JOIN evaluations e ON e.id = m.evaluation
		LEFT JOIN trusts t ON t.evaluation = m.evaluation AND t.sample = m.sample AND t.key = m.key
		WHERE e.slug = ? AND m.key = ?`, evaluation, key)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var m Measured
		var meta string
		if err := rows.Scan(&m.Sample, &meta, &m.Verdict, &m.Insertion, &m.Deletion); err != nil {
			return err
		}
		m.Meta = json.RawMessage(meta)
		into[m.Sample] = &m
	}
	return rows.Err()
}

func (db *Store) measuredShares(ctx context.Context, evaluation, key string, revision int, into map[int64]*Measured) error {
	rows, err := db.ws.Query(ctx, `SELECT h.sample, h.region, h.builtin, h.share, h.area, h.ratio, h.negative, h.hottest
		FROM shares h JOIN evaluations e ON e.id = h.evaluation
		WHERE e.slug = ? AND h.key = ? AND h.revision = ? ORDER BY h.sample, h.place`, evaluation, key, revision)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var sample int64
		var s regions.Share
		if err := rows.Scan(&sample, &s.Region, &s.Builtin, &s.Share, &s.Area, &s.Ratio, &s.Negative, &s.Hottest); err != nil {
			return err
		}
		if m := into[sample]; m != nil {
			m.Shares = append(m.Shares, s)
		}
	}
	return rows.Err()
}

// Unmeasured lists the samples, in their order, that have a map under the key without
// shares from the revision, and how many bytes the largest of those maps has.
func (db *Store) Unmeasured(ctx context.Context, evaluation, key string, revision int) (samples []int64, largest int64, err error) {
	rows, err := db.ws.Query(ctx, `SELECT m.sample, m.length FROM maps m JOIN evaluations e ON e.id = m.evaluation
		WHERE e.slug = $1 AND m.key = $2 AND m.sample NOT IN
			(SELECT h.sample FROM shares h WHERE h.evaluation = m.evaluation AND h.key = $2 AND h.revision = $3) ORDER BY m.sample`, evaluation, key, revision)
	if err != nil {
		return nil, 0, fmt.Errorf("listing maps without shares: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var sample, length int64
		if err := rows.Scan(&sample, &length); err != nil {
			return nil, 0, err
		}
		samples, largest = append(samples, sample), max(largest, length)
	}
	return slices.Compact(samples), largest, rows.Err()
}
