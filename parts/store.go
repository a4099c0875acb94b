// Package parts is the store of concepts: the parts that a model looks at in images of a class, where
// they are on samples, and the names that users give them.
//
// Its queries join the tables of evaluations (package results), which it never writes.
package parts

import (
	"context"
	"database/sql/driver"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/workspace"
)

// Store has the concepts of a workspace. Its methods may be called concurrently.
type Store struct{ ws *workspace.Workspace }

//go:embed schema.sql
var tables string

// New opens the concepts, making their tables. They go when the results do that they were found in.
func New(ctx context.Context, ws *workspace.Workspace, r *results.Store) (*Store, error) {
	db := &Store{ws: ws}
	return db, r.Attach(ctx, results.Attached{Tables: workspace.Schema{Name: "parts", Tables: tables}, Drop: db.drop})
}

// drop removes all concepts of an evaluation of which any prediction goes: what was found in its
// samples together holds no longer.
func (db *Store) drop(ctx context.Context, tx *workspace.Tx, d results.Dropped) error {
	if d.Samples != nil && len(d.Samples) == 0 {
		return nil
	}
	for _, table := range []string{"concept_classes", "concepts", "concept_places"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE evaluation = ?`, d.Evaluation); err != nil {
			return err
		}
	}
	return nil
}

// Class is a class that was looked into. Content, here and below, belongs to whoever looks.
type Class struct {
	Class   int
	Basis   string // what it was found from
	Content json.RawMessage
}

// Concept is a part that was found in a class.
type Concept struct {
	Class, Number int
	Vector        []byte // little-endian float32, one per channel
	Content       json.RawMessage
	Name          string // by the user
}

// Place is where the concepts of a class are on a sample.
type Place struct {
	Sample  int64
	Content json.RawMessage
	Places  []byte // of each concept, by number: a byte per spatial position
}

// Put stores what was found in a class, as part of tx, in place of what was found before.
func (db *Store) Put(ctx context.Context, tx *workspace.Tx, evaluation string, c Class, concepts []Concept, places []Place) error {
	number, err := results.Number(ctx, tx, evaluation)
	if err != nil {
		return err
	}
	for _, table := range []string{"concept_classes", "concepts", "concept_places"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE evaluation = ? AND class = ?`, number, c.Class); err != nil {
			return fmt.Errorf("storing the concepts of %s: %w", evaluation, err)
		}
	}
	if _, err := tx.Exec(ctx, `INSERT INTO concept_classes VALUES (?, ?, ?, ?)`, number, c.Class, c.Basis, string(c.Content)); err != nil {
		return fmt.Errorf("storing the concepts of %s: %w", evaluation, err)
	}
	if err := tx.Append("concepts", len(concepts), func(i int) []driver.Value {
		one := &concepts[i]
		return []driver.Value{int32(number), int32(c.Class), int32(i), one.Vector, string(one.Content), one.Name}
	}); err != nil {
		return err
	}
	return tx.Append("concept_places", len(places), func(i int) []driver.Value {
		one := &places[i]
		return []driver.Value{int32(number), int32(c.Class), one.Sample, string(one.Content), one.Places}
	})
}

// Classes lists the classes that were looked into, by index.
func (db *Store) Classes(ctx context.Context, evaluation string) ([]Class, error) {
	rows, err := db.ws.Query(ctx, `SELECT c.class, c.basis, c.content FROM concept_classes c JOIN evaluations e ON e.id = c.evaluation
		WHERE e.slug = ? ORDER BY c.class`, evaluation)
	if err != nil {
		return nil, fmt.Errorf("listing the concepts of %s: %w", evaluation, err)
	}
	defer rows.Close()
	var list []Class
	for rows.Next() {
		var c Class
		var content string
		if err := rows.Scan(&c.Class, &c.Basis, &content); err != nil {
			return nil, fmt.Errorf("listing the concepts of %s: %w", evaluation, err)
		}
		c.Content = json.RawMessage(content)
		list = append(list, c)
	}
	return list, rows.Err()
}

// Concepts lists those of all classes, by class and number. r is the workspace, or a transaction.
func (db *Store) Concepts(ctx context.Context, r workspace.Reader, evaluation string) ([]Concept, error) {
	rows, err := r.Query(ctx, `SELECT c.class, c.number, c.vector, c.content, c.name FROM concepts c JOIN evaluations e ON e.id = c.evaluation
		WHERE e.slug = ? ORDER BY c.class, c.number`, evaluation)
	if err != nil {
		return nil, fmt.Errorf("listing the concepts of %s: %w", evaluation, err)
	}
	defer rows.Close()
	var list []Concept
	for rows.Next() {
		var c Concept
		var content string
		if err := rows.Scan(&c.Class, &c.Number, &c.Vector, &content, &c.Name); err != nil {
			return nil, fmt.Errorf("listing the concepts of %s: %w", evaluation, err)
		}
		c.Content = json.RawMessage(content)
		list = append(list, c)
	}
	return list, rows.Err()
}

// Places lists where the concepts of a class are, by sample.
func (db *Store) Places(ctx context.Context, evaluation string, class int) ([]Place, error) {
	rows, err := db.ws.Query(ctx, `SELECT p.sample, p.content, p.places FROM concept_places p JOIN evaluations e ON e.id = p.evaluation
		WHERE e.slug = ? AND p.class = ? ORDER BY p.sample`, evaluation, class)
	if err != nil {
		return nil, fmt.Errorf("reading where the concepts of %s are: %w", evaluation, err)
	}
	defer rows.Close()
	var list []Place
	for rows.Next() {
		var p Place
		var content string
		if err := rows.Scan(&p.Sample, &content, &p.Places); err != nil {
			return nil, fmt.Errorf("reading where the concepts of %s are: %w", evaluation, err)
		}
		p.Content = json.RawMessage(content)
		list = append(list, p)
	}
	return list, rows.Err()
}

// Rename gives a concept a name; "" takes it away.
func (db *Store) Rename(ctx context.Context, evaluation string, class, number int, name string) error {
	return db.ws.Update(ctx, func(tx *workspace.Tx) error {
		id, err := results.Number(ctx, tx, evaluation)
		if err != nil {
			return err
		}
		found, err := workspace.QueryAll[int](ctx, tx, `SELECT number FROM concepts WHERE evaluation = ? AND class = ? AND number = ?`, id, class, number)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fmt.Errorf("class %d of %s has no concept %d: %w", class, evaluation, number+1, workspace.ErrNotFound)
		}
		_, err = tx.Exec(ctx, `UPDATE concepts SET name = ? WHERE evaluation = ? AND class = ? AND number = ?`, name, id, class, number)
		return err
	})
}
