package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sightline/sightline/workspace"
)

// ErrTaken says that another thing has a name already.
var ErrTaken = errors.New("the name is taken")

// DatasetID is the key of a dataset in the tables, or an error that is workspace.ErrNotFound.
func DatasetID(ctx context.Context, r workspace.Reader, name string) (int, error) {
	return idOf(ctx, r, "dataset", name)
}

// ModelID is the key of a model in the tables, or an error that is workspace.ErrNotFound.
func ModelID(ctx context.Context, r workspace.Reader, name string) (int, error) {
	return idOf(ctx, r, "model", name)
}

func idOf(ctx context.Context, r workspace.Reader, what, name string) (id int, err error) {
	err = r.QueryRow(ctx, `SELECT id FROM `+what+`s WHERE name = ?`, name).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("%s %q: %w; `sightline list` lists what there is", what, name, workspace.ErrNotFound)
	}
	return id, err
}

// RemoveDataset forgets a dataset as part of tx: samples, labels, regions, and the thumbnails
// that no other dataset shows. Its images stay where they are. Whatever was made of it must
// be gone already.
func (db *Store) RemoveDataset(ctx context.Context, tx *workspace.Tx, id int) error {
	if _, err := tx.Exec(ctx, `DELETE FROM objects WHERE sample IN (SELECT id FROM samples WHERE dataset = ?)`, id); err != nil {
		return fmt.Errorf("remove what is known of a dataset's objects: %w", err)
	}
	for _, table := range []string{"regions", "remarks", "labels", "samples"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE dataset = ?`, id); err != nil {
			return fmt.Errorf("remove the %s of a dataset: %w", table, err)
		}
	}
	_, err := tx.Exec(ctx, `DELETE FROM datasets WHERE id = ?`, id)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM thumbnails WHERE hash NOT IN (SELECT hash FROM samples); DELETE FROM fingerprints WHERE hash NOT IN (SELECT hash FROM samples)`)
	}
	if err != nil {
		return fmt.Errorf("remove a dataset: %w", err)
	}
	empty, err := workspace.QueryAll[string](ctx, tx, `SELECT pack FROM packs WHERE kind = ? AND pack NOT IN (SELECT pack FROM thumbnails)`, thumbsKind)
	if err != nil {
		return fmt.Errorf("free the thumbnails of a dataset: %w", err)
	}
	return db.ws.DropPacks(ctx, tx, empty)
}

// Extent counts the samples of a dataset, given by its key in the tables, and the bytes of
// the packs of thumbnails that show no other dataset.
func (db *Store) Extent(ctx context.Context, dataset int) (samples int, bytes int64, err error) {
	err = db.ws.QueryRow(ctx, `WITH kept AS (SELECT pack FROM thumbnails WHERE hash IN (SELECT hash FROM samples WHERE dataset <> $1))
		SELECT (SELECT count(*) FROM samples WHERE dataset = $1),
			(SELECT coalesce(sum(bytes), 0)::BIGINT FROM packs WHERE kind = $2 AND pack NOT IN (SELECT pack FROM kept))`, dataset, thumbsKind).Scan(&samples, &bytes)
	if err != nil {
		err = fmt.Errorf("count what there is of a dataset: %w", err)
	}
	return samples, bytes, err
}

// RemoveModel forgets a model as part of tx. Its file stays where it is. Its evaluations
// must be gone already.
func (db *Store) RemoveModel(ctx context.Context, tx *workspace.Tx, id int) error {
	_, err := tx.Exec(ctx, `DELETE FROM models WHERE id = ?`, id)
	return err
}

// RenameDataset gives a dataset another name as part of tx.
func (db *Store) RenameDataset(ctx context.Context, tx *workspace.Tx, id int, name string) error {
	return rename(ctx, tx, "dataset", id, name)
}

// RenameModel gives a model another name as part of tx, in its specification, too.
func (db *Store) RenameModel(ctx context.Context, tx *workspace.Tx, id int, name string) error {
	if err := rename(ctx, tx, "model", id, name); err != nil {
		return err
	}
	var text string
	if err := tx.QueryRow(ctx, `SELECT spec FROM models WHERE id = ?`, id).Scan(&text); err != nil {
		return err
	}
	spec := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(text), &spec); err != nil {
		return fmt.Errorf("read the specification of the model: %w", err)
	}
	spec["name"], _ = json.Marshal(name)
	changed, err := json.Marshal(spec)
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE models SET spec = ? WHERE id = ?`, string(changed), id)
	}
	return err
}

func rename(ctx context.Context, tx *workspace.Tx, what string, id int, name string) error {
	if err := CheckName(what, name); err != nil {
		return err
	}
	others, update := 0, `UPDATE datasets SET name = ? WHERE id = ?`
	if what == "model" {
		update = `UPDATE models SET name = ? WHERE id = ?`
	}
	err := tx.QueryRow(ctx, `SELECT count(*) FROM `+what+`s WHERE name = ? AND id <> ?`, name, id).Scan(&others)
	if err == nil && others > 0 {
		err = fmt.Errorf("%w: there is a %s %q already", ErrTaken, what, name)
	}
	if err == nil {
		_, err = tx.Exec(ctx, update, name, id)
	}
	return err
}
