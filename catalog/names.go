package catalog

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/workspace"
)

// Names are what things of a workspace are called, without any figure: quick to read
// however much is stored.
type Names struct {
	Datasets []string     // by name
	Models   []ModelNames // by name
}

// ModelNames is a model's name with those of its classes, in the model's order.
type ModelNames struct {
	Name    string
	Classes []string
}

// Names returns the names of datasets, models and classes.
func (db *Store) Names(ctx context.Context) (Names, error) { return readNames(ctx, db.ws) }

// DatasetsAfter lists the names of datasets in order, at most limit of those that
// come after a name; "" is before all.
func (db *Store) DatasetsAfter(ctx context.Context, name string, limit int) ([]string, error) {
	return workspace.QueryAll[string](ctx, db.ws, `SELECT name FROM datasets WHERE name > ? ORDER BY name LIMIT ?`, name, limit)
}

// ModelsAfter is DatasetsAfter for models.
func (db *Store) ModelsAfter(ctx context.Context, name string, limit int) ([]string, error) {
	return workspace.QueryAll[string](ctx, db.ws, `SELECT name FROM models WHERE name > ? ORDER BY name LIMIT ?`, name, limit)
}

// ReadNames reads the names in a folder that no process has open; see
// workspace.Peek.
func ReadNames(ctx context.Context, dir string) (n Names, err error) {
	err = workspace.Peek(dir, func(r workspace.Reader) error {
		n, err = readNames(ctx, r)
		return err
	})
	return n, err
}

func readNames(ctx context.Context, r workspace.Reader) (n Names, err error) {
	if n.Datasets, err = workspace.QueryAll[string](ctx, r, `SELECT name FROM datasets ORDER BY name`); err != nil {
		return n, fmt.Errorf("reading the names of datasets: %w", err)
	}
	rows, err := r.Query(ctx, `SELECT name, coalesce(json_extract(spec, '$.classes')::VARCHAR, '[]') FROM models ORDER BY name`)
	if err != nil {
		return n, fmt.Errorf("reading the names of models: %w", err)
	}
	defer rows.Close()
	n.Models = []ModelNames{}
	for rows.Next() {
		var m ModelNames
		var classes string
		if err := rows.Scan(&m.Name, &classes); err != nil {
			return n, fmt.Errorf("reading the names of models: %w", err)
		}
		if err := json.Unmarshal([]byte(classes), &m.Classes); err != nil {
			return n, fmt.Errorf("reading the classes of model %s: %w", m.Name, err)
		}
		n.Models = append(n.Models, m)
	}
	return n, rows.Err()
}
