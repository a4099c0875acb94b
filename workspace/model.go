package workspace

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
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
func (w *Workspace) PutModel(ctx context.Context, name, sha256 string, spec json.RawMessage) (*Model, error) {
	if !json.Valid(spec) {
		return nil, fmt.Errorf("model %s: its specification is not JSON", name)
	}
	err := w.Update(ctx, func(tx *sql.Tx) error { return putModel(ctx, tx, name, sha256, spec) })
	if err != nil {
		return nil, err
	}
	return w.Model(ctx, name)
}

func putModel(ctx context.Context, tx *sql.Tx, name, sha256 string, spec json.RawMessage) error {
	var id int
	var old string
	var evaluations int
	err := tx.QueryRowContext(ctx, `SELECT id, sha256, (SELECT count(*) FROM evaluations e WHERE e.model = m.id) FROM models m WHERE name = ?`, name).
		Scan(&id, &old, &evaluations)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = tx.ExecContext(ctx, `INSERT INTO models SELECT nextval('model_ids'), ?, ?, ?, ?`, name, sha256, string(spec), time.Now())
		return err
	}
	if err != nil {
		return err
	}
	if old != sha256 && evaluations > 0 {
		return fmt.Errorf("%w: model %q is another file (sha256 %.12s…) with %d evaluations: give the new one another --name", ErrInUse, name, old, evaluations)
	}
	_, err = tx.ExecContext(ctx, `UPDATE models SET sha256 = ?, spec = ? WHERE id = ?`, sha256, string(spec), id)
	return err
}

// Model returns the model of that name, or an error that is ErrNotFound.
func (w *Workspace) Model(ctx context.Context, name string) (*Model, error) {
	list, err := w.models(ctx, `WHERE name = ?`, name)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("model %q: %w; register it with `sightline model add FILE --name %s`", name, ErrNotFound, name)
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// Models lists all models, by name.
func (w *Workspace) Models(ctx context.Context) ([]Model, error) {
	return w.models(ctx, `ORDER BY name`)
}

func (w *Workspace) models(ctx context.Context, rest string, args ...any) ([]Model, error) {
	rows, err := w.db.QueryContext(ctx, `SELECT id, name, sha256, spec, created FROM models `+rest, args...)
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
