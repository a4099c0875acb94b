// Package spaces is the store of where the images of evaluations lie in the plane, and of which are each other's
// neighbours: one file per evaluation, made by a job, and one while the job is under way.
//
// Its queries join the table of evaluations of package results, which it never writes.
package spaces

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/workspace"
)

// Store has the spaces of a workspace. Its methods may be called concurrently.
type Store struct {
	ws      *workspace.Workspace
	results *results.Store
}

//go:embed schema.sql
var tables string

var schema = workspace.Schema{Name: "spaces", Tables: tables}

const (
	folder     = "spaces"
	unfinished = ".unfinished" // ends the name of a file that a job goes on with
)

// New opens the spaces, making or migrating their tables. A space goes when any prediction does that it was made of.
func New(ctx context.Context, ws *workspace.Workspace, r *results.Store) (*Store, error) {
	db := &Store{ws, r}
	if err := r.Attach(ctx, results.Attached{Tables: schema, Drop: db.drop}); err != nil {
		return nil, err
	}
	files, err := workspace.QueryAll[string](ctx, ws, `SELECT file FROM spaces`)
	if err != nil {
		return nil, err
	}
	numbers, err := workspace.QueryAll[int32](ctx, ws, `SELECT id FROM evaluations`)
	if err != nil {
		return nil, err
	}
	for _, number := range numbers {
		files = append(files, unfinishedName(number))
	}
	return db, errors.Join(os.MkdirAll(ws.Path(folder), 0o755), ws.Sweep(folder, files))
}

// drop forgets the space of an evaluation of which predictions go.
func (db *Store) drop(ctx context.Context, tx *workspace.Tx, d results.Dropped) error {
	if d.Samples != nil && len(d.Samples) == 0 {
		return nil
	}
	return db.replace(ctx, tx, d.Evaluation, unfinishedName(int32(d.Evaluation)))
}

// replace forgets the space of an evaluation, and removes its file and another once that is committed.
func (db *Store) replace(ctx context.Context, tx *workspace.Tx, evaluation int, other string) error {
	files, err := workspace.QueryAll[string](ctx, tx, `SELECT file FROM spaces WHERE evaluation = ?`, evaluation)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM spaces WHERE evaluation = ?`, evaluation)
	tx.OnCommit(func() { db.ws.Remove(append(files, other)) })
	return err
}

// Revision is that of the score blocks of an evaluation, and these.
func (db *Store) Revision(ctx context.Context, evaluation string) (revision string, blocks []string, err error) {
	blocks, change, err := db.results.Blocks(ctx, evaluation)
	sum := sha256.Sum256([]byte(change))
	return hex.EncodeToString(sum[:12]), blocks, err
}

// Unfinished is the path under which a worker keeps what it has of an evaluation's space.
func (db *Store) Unfinished(ctx context.Context, evaluation string) (string, error) {
	number, err := results.Number(ctx, db.ws, evaluation)
	return db.ws.Path(unfinishedName(int32(number))), err
}

func unfinishedName(evaluation int32) string {
	return fmt.Sprintf("%s/%d%s", folder, evaluation, unfinished)
}

// Ingest stores, as part of tx, a space that lies in a file, which it moves into place.
func (db *Store) Ingest(ctx context.Context, tx *workspace.Tx, evaluation, revision, path string) error {
	number, err := results.Number(ctx, tx, evaluation)
	if err != nil {
		return err
	}
	if err := db.replace(ctx, tx, number, unfinishedName(int32(number))); err != nil {
		return err
	}
	name := strings.Join([]string{folder, filepath.Base(path)}, "/") // names of results are used once
	if err := os.Rename(path, db.ws.Path(name)); err != nil {
		return fmt.Errorf("store the space of %s: %w", evaluation, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO spaces VALUES (?, ?, ?, now())`, number, revision, name)
	return err
}

// Find is the stored space of an evaluation as its predictions are now: its file and revision; ErrNotFound where
// there is none.
func (db *Store) Find(ctx context.Context, evaluation string) (path, revision string, err error) {
	number, err := results.Number(ctx, db.ws, evaluation)
	if err != nil {
		return "", "", err
	}
	if revision, _, err = db.Revision(ctx, evaluation); err != nil {
		return "", "", err
	}
	files, err := workspace.QueryAll[string](ctx, db.ws, `SELECT file FROM spaces WHERE evaluation = ? AND revision = ?`, number, revision)
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("the map of %s is not made: %w", evaluation, workspace.ErrNotFound)
	}
	if err != nil {
		return "", revision, err
	}
	return db.ws.Path(files[0]), revision, nil
}

// Extent is the bytes of the spaces of evaluations, given by their keys in the tables.
func (db *Store) Extent(ctx context.Context, evaluations []int32) (bytes int64, err error) {
	files, err := workspace.QueryAll[string](ctx, db.ws, `SELECT file FROM spaces WHERE evaluation IN (SELECT unnest(?::INTEGER[]))`, evaluations)
	for _, file := range files {
		if info, err := os.Stat(db.ws.Path(file)); err == nil {
			bytes += info.Size()
		}
	}
	return bytes, err
}
