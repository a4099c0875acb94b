// Package oldworkspace keeps workspaces that earlier versions of Sightline made,
// so that tests can show that today's opens them with the same figures. Each is an
// archive in testdata, one for every version of a store's schema, made by the
// program in make with the build that was the last to write that version.
package oldworkspace

import (
	"archive/tar"
	"compress/gzip"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	_ "github.com/duckdb/duckdb-go/v2" // the database/sql driver
)

//go:embed testdata/*.tar.gz
var archives embed.FS

// Names of the archives, oldest first: v3 is a workspace of schema version 3.
func Names() []string {
	entries, err := archives.ReadDir("testdata")
	if err != nil {
		panic(err) // it is part of the program
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".tar.gz"))
	}
	return names
}

// Folders and files in an archive.
const (
	Workspace   = "workspace" // as Sightline left it
	Images      = "images"    // the images of its dataset
	Models      = "models"
	figuresFile = "figures.json"
)

// Unpack puts a workspace with its images and models into dir, which must be empty,
// and makes every path stored in it point there, as if dir were where it was made.
// It returns the figures that the version which made it gave.
func Unpack(name, dir string) (*Figures, error) {
	f, err := archives.Open("testdata/" + name + ".tar.gz")
	if err != nil {
		return nil, fmt.Errorf("the old workspace %s: %w", name, err)
	}
	defer f.Close()
	if err := extract(f, dir); err != nil {
		return nil, fmt.Errorf("unpacking the old workspace %s: %w", name, err)
	}
	content, err := os.ReadFile(filepath.Join(dir, figuresFile))
	if err != nil {
		return nil, err
	}
	figures := new(Figures)
	if err := json.Unmarshal(content, figures); err != nil {
		return nil, fmt.Errorf("the figures of the old workspace %s: %w", name, err)
	}
	return figures, relocate(filepath.Join(dir, Workspace, "sightline.duckdb"), figures.Root, dir)
}

func extract(r io.Reader, dir string) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		path := filepath.Join(dir, filepath.FromSlash(h.Name))
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(path, 0o755)
		} else {
			err = writeFile(path, t)
		}
		if err != nil {
			return err
		}
	}
}

func writeFile(path string, r io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

// relocate replaces a folder by another wherever the database has it in a text:
// roots of datasets, files of models, parameters of jobs.
func relocate(database, from, to string) error {
	db, err := sql.Open("duckdb", database)
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.Query(`SELECT 'UPDATE "' || table_name || '" SET "' || column_name || '" = replace("' || column_name || '", ?, ?) WHERE contains("' || column_name || '", ?)'
		FROM duckdb_columns() WHERE NOT internal AND data_type = 'VARCHAR'`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var updates []string
	for rows.Next() {
		var update string
		if err := rows.Scan(&update); err != nil {
			return err
		}
		updates = append(updates, update)
	}
	for _, update := range updates {
		if _, err := db.Exec(update, from, to, from); err != nil {
			return fmt.Errorf("%s: %w", update, err)
		}
	}
	return rows.Err()
}
