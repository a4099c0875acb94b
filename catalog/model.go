package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sightline/sightline/workspace"
)

// ErrInUse says that something cannot be replaced because results depend on it.
var ErrInUse = errors.New("in use")

// Model is a registered model. Spec is the JSON of classifier.Spec.
type Model struct {
	ID      int             `json:"-"`
	Name    string          `json:"name"`
	SHA256  string          `json:"sha256"`
	Spec    json.RawMessage `json:"spec"`
	Created time.Time       `json:"created"`
}

// PutModel registers a model under a name, or replaces the settings of the one
// of that name. A model that has evaluations keeps its file: replacing it by
// one with another hash is refused, because its predictions would not be its own.
// evaluations counts those of a model, by its id.
func (db *Store) PutModel(ctx context.Context, name, sha256 string, spec json.RawMessage, evaluations Counter) (*Model, error) {
	if !json.Valid(spec) {
		return nil, fmt.Errorf("model %s: its specification is not JSON", name)
	}
	err := db.ws.Update(ctx, func(tx *workspace.Tx) error { return putModel(ctx, tx, name, sha256, spec, evaluations) })
	if err != nil {
		return nil, err
	}
	return db.Model(ctx, name)
}

// Counter counts, in a transaction, what depends on something of the catalogue.
type Counter func(ctx context.Context, tx *workspace.Tx, id int) (int, error)

func putModel(ctx context.Context, tx *workspace.Tx, name, sha256 string, spec json.RawMessage, evaluations Counter) error {
	var id int
	var old string
	err := tx.QueryRow(ctx, `SELECT id, sha256 FROM models WHERE name = ?`, name).Scan(&id, &old)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = tx.Exec(ctx, `INSERT INTO models SELECT nextval('model_ids'), ?, ?, ?, ?`, name, sha256, string(spec), time.Now())
		return err
	}
	used := 0
	if err == nil && old != sha256 {
		used, err = evaluations(ctx, tx, id)
	}
	if err != nil {
		return err
	}
	if used > 0 {
		return fmt.Errorf("%w: model %q is another file (sha256 %.12s…) with %d evaluations: give the new one another --name", ErrInUse, name, old, used)
	}
	_, err = tx.Exec(ctx, `UPDATE models SET sha256 = ?, spec = ? WHERE id = ?`, sha256, string(spec), id)
	return err
}

// Model returns the model of that name, or an error that is workspace.ErrNotFound.
func (db *Store) Model(ctx context.Context, name string) (*Model, error) {
	list, err := db.models(ctx, `WHERE name = ?`, name)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("model %q: %w; register it with `sightline model add FILE --name %s`", name, workspace.ErrNotFound, name)
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// ModelsOfFile lists the models of a file, by name.
func (db *Store) ModelsOfFile(ctx context.Context, sha256 string) ([]Model, error) {
	return db.models(ctx, `WHERE sha256 = ? ORDER BY name`, sha256)
}

func (db *Store) models(ctx context.Context, rest string, args ...any) ([]Model, error) {
	rows, err := db.ws.Query(ctx, `SELECT id, name, sha256, spec, created FROM models `+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("reading models: %w", err)
	}
	defer rows.Close()
	list := []Model{}
	for rows.Next() {
		var m Model
		var spec string
		if err := rows.Scan(&m.ID, &m.Name, &m.SHA256, &spec, &m.Created); err != nil {
			return nil, fmt.Errorf("reading models: %w", err)
		}
		m.Spec = json.RawMessage(spec)
		list = append(list, m)
	}
	return list, rows.Err()
}

// AddModel registers a model under a name that is free, or again: it never replaces another
// file or other settings, of which same tells. The error of a name that is taken is ErrTaken.
func (db *Store) AddModel(ctx context.Context, name, sha256 string, spec json.RawMessage, same func(was, is []byte) bool) (*Model, error) {
	if !json.Valid(spec) {
		return nil, fmt.Errorf("model %s: its specification is not JSON", name)
	}
	err := db.ws.Update(ctx, func(tx *workspace.Tx) error {
		var id int
		var oldSum, oldSpec string
		err := tx.QueryRow(ctx, `SELECT id, sha256, spec FROM models WHERE name = ?`, name).Scan(&id, &oldSum, &oldSpec)
		const remedy = "add it under another --name, or replace that one with --replace"
		switch {
		case errors.Is(err, sql.ErrNoRows):
			if err := CheckName("model", name); err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `INSERT INTO models SELECT nextval('model_ids'), ?, ?, ?, ?`, name, sha256, string(spec), time.Now())
			return err
		case err != nil:
			return err
		case oldSum != sha256:
			return fmt.Errorf("%w: there is a model %q already, of another file: %s", ErrTaken, name, remedy)
		case !same([]byte(oldSpec), spec):
			return fmt.Errorf("%w: there is a model %q already, of this file with other settings: %s", ErrTaken, name, remedy)
		}
		_, err = tx.Exec(ctx, `UPDATE models SET spec = ? WHERE id = ?`, string(spec), id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return db.Model(ctx, name)
}
