package trials

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/workspace"
)

// What a model should do with a region.
const (
	Expected = "expected" // it should look at it
	Unwanted = "unwanted" // it should not
)

// longestName is the most bytes that a declaration's region or class may have.
const longestName = 1000

// ErrDeclaration is of a declaration that says nothing.
var ErrDeclaration = errors.New("a declaration")

// Declaration is what a user says of a region of a dataset.
type Declaration struct {
	Class  string `json:"class,omitempty"` // by name; "" for all
	Region string `json:"region"`
	Word   string `json:"word"` // Expected, Unwanted, or "" to take it back
}

// Declarations lists those of a dataset, those for all classes first.
func (db *Store) Declarations(ctx context.Context, dataset string) ([]Declaration, error) {
	id, err := catalog.DatasetID(ctx, db.ws, dataset)
	if err != nil {
		return nil, err
	}
	rows, err := db.ws.Query(ctx, `SELECT class, region, word FROM declarations WHERE dataset = ? ORDER BY class, region`, id)
	if err != nil {
		return nil, fmt.Errorf("reading what is declared of %s: %w", dataset, err)
	}
	defer rows.Close()
	list := []Declaration{}
	for rows.Next() {
		var d Declaration
		if err := rows.Scan(&d.Class, &d.Region, &d.Word); err != nil {
			return nil, fmt.Errorf("reading what is declared of %s: %w", dataset, err)
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// Declare stores declarations, each replacing what was said of the same class and region; an
// empty word takes that back. With all, whatever is not in the list is taken back too.
func (db *Store) Declare(ctx context.Context, dataset string, list []Declaration, all bool) error {
	for _, d := range list {
		if d.Region == "" || d.Word != Expected && d.Word != Unwanted && d.Word != "" {
			return fmt.Errorf("%w of %q says %q: name a region, and say %s or %s", ErrDeclaration, d.Region, d.Word, Expected, Unwanted)
		}
		for what, name := range map[string]string{"region": d.Region, "class": d.Class} {
			if len(name) > longestName || strings.ContainsFunc(name, unicode.IsControl) {
				return fmt.Errorf("%w names a %s of %d bytes: a name has at most %d, and no control characters", ErrDeclaration, what, len(name), longestName)
			}
		}
	}
	return db.ws.Update(ctx, func(tx *workspace.Tx) error {
		id, err := catalog.DatasetID(ctx, tx, dataset)
		if err != nil {
			return err
		}
		if all {
			if _, err := tx.Exec(ctx, `DELETE FROM declarations WHERE dataset = ?`, id); err != nil {
				return err
			}
		}
		for _, d := range list {
			if _, err := tx.Exec(ctx, `DELETE FROM declarations WHERE dataset = ? AND class = ? AND region = ?`, id, d.Class, d.Region); err != nil {
				return err
			}
			if d.Word == "" {
				continue
			}
			if _, err := tx.Exec(ctx, `INSERT INTO declarations VALUES (?, ?, ?, ?)`, id, d.Class, d.Region, d.Word); err != nil {
				return err
			}
		}
		return nil
	})
}

// ForgetDataset takes back, as part of tx, all that is declared and dismissed of a dataset.
func (db *Store) ForgetDataset(ctx context.Context, tx *workspace.Tx, dataset int) error {
	for _, table := range []string{"declarations", "dismissals"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE dataset = ?`, dataset); err != nil {
			return err
		}
	}
	return nil
}
