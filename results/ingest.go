package results

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/results/scoreblock"
	"github.com/sightline/sightline/workspace"
)

// ChunkResult is what a worker delivered for a chunk of an evaluation.
type ChunkResult struct {
	Evaluation string            // id
	Job        string            // with Seq: the chunk; handing it in again replaces
	Seq        int               //
	Block      string            // path of the block file in Incoming; "" if every sample failed
	Failures   []catalog.Failure // samples that are not in the block
}

// IngestBlock stores the result of a chunk as part of tx: it checks the block,
// adds the true classes, moves the file into place and writes one row per sample.
// Samples with an output that is no number become failures. If tx does not
// commit, the file is unmentioned and a later ingest replaces it.
func (db *Store) IngestBlock(ctx context.Context, tx *workspace.Tx, r ChunkResult) error {
	if err := db.ingestBlock(ctx, tx, r); err != nil {
		return fmt.Errorf("storing chunk %d of %s: %w", r.Seq, r.Evaluation, workspace.StorageError(err, db.ws.Path("blocks")))
	}
	return nil
}

func (db *Store) ingestBlock(ctx context.Context, tx *workspace.Tx, r ChunkResult) error {
	number, classes, splits, err := evaluationKey(ctx, tx, r.Evaluation)
	if err != nil {
		return err
	}
	chunk, err := replaceChunk(ctx, tx, number, r)
	if err != nil {
		return err
	}
	failures := r.Failures
	if r.Block == "" {
		_, err = tx.Exec(ctx, insertBlock, number, chunk, r.Job, r.Seq, "", 0, classes, 0)
	} else {
		var bad []catalog.Failure
		bad, err = db.ingestValues(ctx, tx, r, number, chunk, classes, splits)
		failures = append(slices.Clone(failures), bad...)
	}
	if err != nil {
		return err
	}
	db.forgetScores(r.Evaluation)
	if _, err := tx.Exec(ctx, `DELETE FROM class_areas WHERE evaluation = ?`, number); err != nil {
		return err
	}
	if err := dropOrder(ctx, tx, number); err != nil {
		return err
	}
	return insertFailures(ctx, tx, number, chunk, failures)
}

// A chunk of which every sample failed has a row too, without a file: it
// reserves the number.
const insertBlock = `INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?, now())`

// ingestValues stores the block file and the rows computed from it, and returns
// the samples whose output is no number.
func (db *Store) ingestValues(ctx context.Context, tx *workspace.Tx, r ChunkResult, number, chunk, classes int, splits []string) ([]catalog.Failure, error) {
	b, err := scoreblock.OpenToFill(r.Block)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	if b.Classes != classes {
		return nil, fmt.Errorf("the block has %d classes, the evaluation %d", b.Classes, classes)
	}
	if err := b.Verify(); err != nil {
		return nil, err
	}
	rows, err := newRows(ctx, tx, b, number)
	if err != nil {
		return nil, err
	}
	bad, err := rows.compute(b, splits)
	if err != nil {
		return nil, err
	}
	name := path.Join("blocks", r.Evaluation, fmt.Sprintf("%06d.slb", chunk))
	if err := workspace.MoveSynced(r.Block, db.ws.Path(name)); err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, insertBlock, number, chunk, r.Job, r.Seq, name, b.N, b.Classes, b.Embedding)
	if err != nil {
		return nil, err
	}
	return bad, rows.insert(tx, number, chunk)
}

func evaluationKey(ctx context.Context, tx *workspace.Tx, id string) (number, classes int, splits []string, err error) {
	var names string
	err = tx.QueryRow(ctx, `SELECT id, json_array_length(classes), splits FROM evaluations WHERE slug = ?`, id).Scan(&number, &classes, &names)
	if err != nil {
		return 0, 0, nil, fmt.Errorf("evaluation %q: %w (%v)", id, workspace.ErrNotFound, err)
	}
	err = json.Unmarshal([]byte(names), &splits)
	return number, classes, splits, err
}

// replaceChunk forgets an earlier result of the same chunk and returns the
// number to store this one under: the earlier one, or the next free.
func replaceChunk(ctx context.Context, tx *workspace.Tx, number int, r ChunkResult) (chunk int, err error) {
	err = tx.QueryRow(ctx, `SELECT coalesce(
			(SELECT chunk FROM blocks WHERE evaluation = $1 AND job = $2 AND seq = $3),
			(SELECT max(chunk) + 1 FROM blocks WHERE evaluation = $1), 0)::INTEGER`, number, r.Job, r.Seq).Scan(&chunk)
	if err != nil {
		return 0, err
	}
	for _, table := range []string{"predictions", "blocks", "failures"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE evaluation = ? AND chunk = ?`, number, chunk); err != nil {
			return 0, err
		}
	}
	return chunk, nil
}

func insertFailures(ctx context.Context, tx *workspace.Tx, number, chunk int, failures []catalog.Failure) error {
	if len(failures) == 0 {
		return nil
	}
	ids, reasons := make([]int64, len(failures)), make([]string, len(failures))
	for i, f := range failures {
		ids[i], reasons[i] = f.Sample, f.Reason
	}
	_, err := tx.Exec(ctx, `DELETE FROM failures WHERE evaluation = ? AND sample IN (SELECT unnest(?::BIGINT[]))`, number, ids)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO failures SELECT ?, ?, unnest(?::BIGINT[]), unnest(?::VARCHAR[])`, number, chunk, ids, reasons)
	return err
}
