package workspace

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// StoredTrust is what is known of a map's worth: the figures that are asked for
// of many maps, and everything as its owner's JSON.
type StoredTrust struct {
	Verdict   string          `json:"verdict"`
	Insertion *float64        `json:"insertion"` // areas under the map's curves; nil where none were drawn
	Deletion  *float64        `json:"deletion"`
	Content   json.RawMessage `json:"content"`
}

// putTrusts replaces what is known of the items' maps.
func putTrusts(ctx context.Context, tx *sql.Tx, number int, items []Packed) error {
	keys, samples, _, _, _ := columns(items)
	_, err := tx.ExecContext(ctx, `DELETE FROM trusts WHERE evaluation = ? AND (sample, key) IN
		(SELECT (unnest(?::BIGINT[]), unnest(?::VARCHAR[])))`, number, samples, keys)
	for _, it := range items {
		if err == nil && it.Trust != nil {
			err = insertTrust(ctx, tx, number, it.Sample, it.Key, *it.Trust)
		}
	}
	return err
}

func insertTrust(ctx context.Context, tx *sql.Tx, number int, sample int64, key string, t StoredTrust) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO trusts VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		number, sample, key, t.Verdict, t.Insertion, t.Deletion, string(t.Content), time.Now())
	return err
}

// PutTrust stores what the map of a sample under a key is worth.
func (w *Workspace) PutTrust(ctx context.Context, evaluation string, sample int64, key string, t StoredTrust) error {
	err := w.Update(ctx, func(tx *sql.Tx) error {
		number, _, _, err := evaluationKey(ctx, tx, evaluation)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM trusts WHERE evaluation = ? AND sample = ? AND key = ?`, number, sample, key); err != nil {
			return err
		}
		return insertTrust(ctx, tx, number, sample, key, t)
	})
	if err != nil {
		return fmt.Errorf("storing the trust of map %s of sample %d: %w", key, sample, err)
	}
	return nil
}

// Trust returns what the map of a sample under a key is worth, or an error that
// is ErrNotFound where it has not been judged.
func (w *Workspace) Trust(ctx context.Context, evaluation string, sample int64, key string) (*StoredTrust, error) {
	var t StoredTrust
	var content string
	err := w.db.QueryRowContext(ctx, `SELECT t.verdict, t.insertion, t.deletion, t.content FROM trusts t JOIN evaluations e ON e.id = t.evaluation
		WHERE e.slug = ? AND t.sample = ? AND t.key = ?`, evaluation, sample, key).Scan(&t.Verdict, &t.Insertion, &t.Deletion, &content)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("trust of map %s of sample %d in %s: %w", key, sample, evaluation, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("finding what a map is worth: %w", err)
	}
	t.Content = json.RawMessage(content)
	return &t, nil
}

// PutFinding stores, as JSON, something that is known of an evaluation's model
// under a name, replacing what was there.
func (w *Workspace) PutFinding(ctx context.Context, evaluation, name string, content json.RawMessage) error {
	err := w.Update(ctx, func(tx *sql.Tx) error { return w.IngestFinding(ctx, tx, evaluation, name, content) })
	if err != nil {
		return fmt.Errorf("storing %s of %s: %w", name, evaluation, err)
	}
	return nil
}

// IngestFinding is PutFinding as part of tx.
func (w *Workspace) IngestFinding(ctx context.Context, tx *sql.Tx, evaluation, name string, content json.RawMessage) error {
	number, _, _, err := evaluationKey(ctx, tx, evaluation)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM findings WHERE evaluation = ? AND name = ?`, number, name); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO findings VALUES (?, ?, ?, ?)`, number, name, string(content), time.Now())
	return err
}

// Finding is something known of an evaluation's model.
type Finding struct {
	Name    string
	Content json.RawMessage
}

// Findings lists what is known of an evaluation's model, of the names that begin
// with prefix, by name.
func (w *Workspace) Findings(ctx context.Context, evaluation, prefix string) ([]Finding, error) {
	rows, err := w.db.QueryContext(ctx, `SELECT f.name, f.content FROM findings f JOIN evaluations e ON e.id = f.evaluation
		WHERE e.slug = ? AND starts_with(f.name, ?) ORDER BY f.name`, evaluation, prefix)
	if err != nil {
		return nil, fmt.Errorf("listing what is known of %s: %w", evaluation, err)
	}
	defer rows.Close()
	var list []Finding
	for rows.Next() {
		var f Finding
		var content string
		if err := rows.Scan(&f.Name, &content); err != nil {
			return nil, err
		}
		f.Content = json.RawMessage(content)
		list = append(list, f)
	}
	return list, rows.Err()
}
