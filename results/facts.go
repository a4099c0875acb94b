package results

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sightline/sightline/workspace"
)

// PutFact stores, as JSON, something that is known of an evaluation's model
// under a name, replacing what was there.
func (db *Store) PutFact(ctx context.Context, evaluation, name string, content json.RawMessage) error {
	err := db.ws.Update(ctx, func(tx *workspace.Tx) error { return db.IngestFact(ctx, tx, evaluation, name, content) })
	if err != nil {
		return fmt.Errorf("storing %s of %s: %w", name, evaluation, err)
	}
	return nil
}

// IngestFact is PutFact as part of tx.
func (*Store) IngestFact(ctx context.Context, tx *workspace.Tx, evaluation, name string, content json.RawMessage) error {
	number, err := Number(ctx, tx, evaluation)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM facts WHERE evaluation = ? AND name = ?`, number, name); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO facts VALUES (?, ?, ?, ?)`, number, name, string(content), time.Now())
	return err
}

// Fact is something known of an evaluation's model.
type Fact struct {
	Name    string
	Content json.RawMessage
}

// Facts lists what is known of an evaluation's model, of the names that begin
// with prefix, by name.
func (db *Store) Facts(ctx context.Context, evaluation, prefix string) ([]Fact, error) {
	rows, err := db.ws.Query(ctx, `SELECT f.name, f.content FROM facts f JOIN evaluations e ON e.id = f.evaluation
		WHERE e.slug = ? AND starts_with(f.name, ?) ORDER BY f.name`, evaluation, prefix)
	if err != nil {
		return nil, fmt.Errorf("listing what is known of %s: %w", evaluation, err)
	}
	defer rows.Close()
	var list []Fact
	for rows.Next() {
		var f Fact
		var content string
		if err := rows.Scan(&f.Name, &content); err != nil {
			return nil, err
		}
		f.Content = json.RawMessage(content)
		list = append(list, f)
	}
	return list, rows.Err()
}
