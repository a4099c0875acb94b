package workspace

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
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

// Names returns the names of the workspace's datasets, models and classes.
func (w *Workspace) Names(ctx context.Context) (Names, error) { return readNames(ctx, w.db) }

// ReadNames reads the names in a folder that no process has open. It makes, locks and
// changes nothing: where there is no workspace, or another process has it open, it
// is an error.
func ReadNames(ctx context.Context, dir string) (Names, error) {
	path := filepath.Join(dir, "sightline.duckdb")
	if _, err := os.Stat(path); err != nil {
		return Names{}, err
	}
	db, err := sql.Open("duckdb", path+"?access_mode=READ_ONLY&threads=1&memory_limit=128MB")
	if err != nil {
		return Names{}, err
	}
	defer db.Close()
	return readNames(ctx, db)
}

func readNames(ctx context.Context, db *sql.DB) (n Names, err error) {
	if n.Datasets, err = namesOf(ctx, db, `SELECT name FROM datasets ORDER BY name`); err != nil {
		return n, err
	}
	rows, err := db.QueryContext(ctx, `SELECT name, coalesce(json_extract(spec, '$.classes')::VARCHAR, '[]') FROM models ORDER BY name`)
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

func namesOf(ctx context.Context, db *sql.DB, query string) ([]string, error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("reading names: %w", err)
	}
	defer rows.Close()
	names := []string{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("reading names: %w", err)
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
