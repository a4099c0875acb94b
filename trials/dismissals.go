package trials

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/workspace"
)

// Bounds of a dismissal.
const (
	longestKey  = 8000 // bytes
	longestNote = 2000 // bytes
)

// ErrDismissal is of a dismissal that cannot be stored.
var ErrDismissal = errors.New("a dismissal")

// Dismissal says that a user has seen a finding of a dataset and does not want it told again.
type Dismissal struct {
	Key  string // of the finding; the same for the same finding of another evaluation
	Note string // why
	Text string // what the finding said then
	Made time.Time
}

// dismissed are the tables of dismissals, of a version of their own.
var dismissed = workspace.Schema{Name: "dismissals", Tables: `
	-- Findings of a dataset that users have seen enough of.
	CREATE TABLE dismissals (dataset INTEGER, key VARCHAR, note VARCHAR, text VARCHAR, made TIMESTAMPTZ);`}

// Dismissals lists those of a dataset, by key.
func (db *Store) Dismissals(ctx context.Context, dataset string) ([]Dismissal, error) {
	id, err := catalog.DatasetID(ctx, db.ws, dataset)
	if err != nil {
		return nil, err
	}
	rows, err := db.ws.Query(ctx, `SELECT key, note, text, made FROM dismissals WHERE dataset = ? ORDER BY key`, id)
	if err != nil {
		return nil, fmt.Errorf("reading what is dismissed of %s: %w", dataset, err)
	}
	defer rows.Close()
	list := []Dismissal{}
	for rows.Next() {
		var d Dismissal
		if err := rows.Scan(&d.Key, &d.Note, &d.Text, &d.Made); err != nil {
			return nil, fmt.Errorf("reading what is dismissed of %s: %w", dataset, err)
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// check refuses what no list could show.
func (d *Dismissal) check() error {
	switch {
	case d.Key == "" || len(d.Key) > longestKey || strings.ContainsFunc(d.Key, unicode.IsControl):
		return fmt.Errorf("%w has a key of %d bytes: give that of a finding", ErrDismissal, len(d.Key))
	case len(d.Note) > longestNote:
		return fmt.Errorf("%w has a note of %d bytes: at most %d are kept", ErrDismissal, len(d.Note), longestNote)
	}
	return nil
}

// Dismiss stores dismissals, each replacing that of the same key, and takes those back whose
// keys are in back.
func (db *Store) Dismiss(ctx context.Context, dataset string, list []Dismissal, back []string) error {
	for _, d := range list {
		if err := d.check(); err != nil {
			return err
		}
	}
	return db.ws.Update(ctx, func(tx *workspace.Tx) error {
		id, err := catalog.DatasetID(ctx, tx, dataset)
		if err != nil {
			return err
		}
		for _, d := range list {
			back = append(back, d.Key)
		}
		if _, err := tx.Exec(ctx, `DELETE FROM dismissals WHERE dataset = ? AND key IN (SELECT unnest(?::VARCHAR[]))`, id, back); err != nil {
			return err
		}
		for _, d := range list {
			if _, err := tx.Exec(ctx, `INSERT INTO dismissals VALUES (?, ?, ?, ?, ?)`, id, d.Key, d.Note, d.Text, time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}
