package maps

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/workspace"
)

// StoredTrust is what is known of a map's worth: the figures that are asked for
// of many maps, and everything as its owner's JSON.
type StoredTrust struct {
	Verdict   string          `json:"verdict"`
	Insertion *float64        `json:"insertion"` // areas under the map's curves; nil where none were drawn
	Deletion  *float64        `json:"deletion"`
	Content   json.RawMessage `json:"content"`
}

func dropTrusts(ctx context.Context, tx *workspace.Tx, number int, samples []int64, keys []string) error {
	_, err := tx.Exec(ctx, `DELETE FROM trusts WHERE evaluation = ? AND (sample, key) IN
		(SELECT (unnest(?::BIGINT[]), unnest(?::VARCHAR[])))`, number, samples, keys)
	return err
}

func insertTrust(ctx context.Context, tx *workspace.Tx, number int, sample int64, key string, t StoredTrust) error {
	_, err := tx.Exec(ctx, `INSERT INTO trusts VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		number, sample, key, t.Verdict, t.Insertion, t.Deletion, string(t.Content), time.Now())
	return err
}

// PutTrust stores the trust in the map of a sample under a key.
func (db *Store) PutTrust(ctx context.Context, evaluation string, sample int64, key string, t StoredTrust) error {
	err := db.ws.Update(ctx, func(tx *workspace.Tx) error {
		number, err := results.Number(ctx, tx, evaluation)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM trusts WHERE evaluation = ? AND sample = ? AND key = ?`, number, sample, key); err != nil {
			return err
		}
		tx.OnCommit(func() { db.have.note(setKey{evaluation, key, true}, sample, true) })
		return insertTrust(ctx, tx, number, sample, key, t)
	})
	if err != nil {
		return fmt.Errorf("storing the trust of map %s of sample %d: %w", key, sample, err)
	}
	return nil
}

// Trust returns the trust in the map of a sample under a key, or an error that
// is workspace.ErrNotFound where it has not been assessed.
func (db *Store) Trust(ctx context.Context, evaluation string, sample int64, key string) (*StoredTrust, error) {
	var t StoredTrust
	var content string
	err := db.ws.QueryRow(ctx, `SELECT t.verdict, t.insertion, t.deletion, t.content FROM trusts t JOIN evaluations e ON e.id = t.evaluation
		WHERE e.slug = ? AND t.sample = ? AND t.key = ?`, evaluation, sample, key).Scan(&t.Verdict, &t.Insertion, &t.Deletion, &content)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("trust of map %s of sample %d in %s: %w", key, sample, evaluation, workspace.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the trust in a map: %w", err)
	}
	t.Content = json.RawMessage(content)
	return &t, nil
}

// Trusts returns the trust in those of some maps that were assessed. It asks once for all.
func (db *Store) Trusts(ctx context.Context, evaluation string, ids []MapID) (map[MapID]*StoredTrust, error) {
	found, err := db.trusts(ctx, evaluation, ids)
	if err != nil {
		return nil, fmt.Errorf("reading the trust in %d maps of %s: %w", len(ids), evaluation, err)
	}
	return found, nil
}

func (db *Store) trusts(ctx context.Context, evaluation string, ids []MapID) (map[MapID]*StoredTrust, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	samples, keys := columns(ids)
	rows, err := db.ws.Query(ctx, `SELECT t.sample, t.key, t.verdict, t.insertion, t.deletion, t.content FROM trusts t JOIN evaluations e ON e.id = t.evaluation
		WHERE e.slug = $1 AND t.sample BETWEEN $2 AND $3 AND (t.sample, t.key) IN (SELECT (unnest($4::BIGINT[]), unnest($5::VARCHAR[])))`,
		evaluation, slices.Min(samples), slices.Max(samples), samples, keys)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[MapID]*StoredTrust{}
	for rows.Next() {
		var id MapID
		var t StoredTrust
		var content string
		if err := rows.Scan(&id.Sample, &id.Key, &t.Verdict, &t.Insertion, &t.Deletion, &content); err != nil {
			return nil, err
		}
		t.Content = json.RawMessage(content)
		found[id] = &t
	}
	return found, rows.Err()
}
