package maps

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/workspace"
)

// StoredMap is an attribution map as its method made it. Key names method,
// target, seed and options; Meta is the JSON the method's owner gave; Data the
// raw float32 values, little-endian, row by row.
type StoredMap struct {
	Sample int64
	Key    string
	Meta   json.RawMessage
	Data   []byte
	Shares *StoredShares // of regions; for PutMap, may be nil
}

// IngestMaps stores a pack of maps of an evaluation as part of tx. Each item
// has the sample, the key and the metadata, and may have the map's trust and shares (see
// Beside). A map of the same sample and key is replaced, and what was known of it too.
func (db *Store) IngestMaps(ctx context.Context, tx *workspace.Tx, evaluation, job string, seq int, pack string) error {
	if err := db.ingestMaps(ctx, tx, evaluation, workspace.PackName(path.Join("maps", evaluation), job, seq), pack); err != nil {
		return fmt.Errorf("storing maps of %s: %w", evaluation, err)
	}
	return nil
}

func (db *Store) ingestMaps(ctx context.Context, tx *workspace.Tx, evaluation, name, pack string) error {
	number, err := results.Number(ctx, tx, evaluation)
	if err != nil {
		return err
	}
	items, err := db.ws.StorePack(ctx, tx, packsKind, name, pack)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM maps WHERE pack = ?`, name); err != nil {
		return err
	}
	keys, samples, offsets, lengths, metas := workspace.Columns(items)
	if len(keys) == 0 {
		return nil
	}
	_, err = tx.Exec(ctx, `DELETE FROM maps WHERE evaluation = ? AND (sample, key) IN
		(SELECT (unnest(?::BIGINT[]), unnest(?::VARCHAR[])))`, number, samples, keys)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO maps SELECT ?, unnest(?::BIGINT[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), ?,
		unnest(?::BIGINT[]), unnest(?::BIGINT[]), ?`, number, samples, keys, metas, name, offsets, lengths, time.Now())
	if err != nil {
		return err
	}
	tx.OnCommit(func() {
		for _, it := range items {
			db.have.note(setKey{evaluation, it.Key, false}, it.Sample, true)
			db.have.note(setKey{evaluation, it.Key, true}, it.Sample, withTrust(it))
		}
	})
	return putBeside(ctx, tx, number, items)
}

// PutMap stores one map, made on demand.
func (db *Store) PutMap(ctx context.Context, evaluation string, m StoredMap) error {
	seq := time.Now().UnixNano()
	name := fmt.Sprintf("single-%d", seq)
	file := path.Join(db.ws.Incoming(), name+".pack")
	beside, err := json.Marshal(Beside{Shares: m.Shares})
	if err != nil {
		return err
	}
	err = workspace.WritePack(file, []workspace.Packed{{Key: m.Key, Sample: m.Sample, Meta: m.Meta, More: beside, Data: m.Data}})
	if err != nil {
		return err
	}
	err = db.ws.Update(ctx, func(tx *workspace.Tx) error { return db.IngestMaps(ctx, tx, evaluation, name, 0, file) })
	if err != nil {
		return err
	}
	return db.Tidy(ctx)
}

// Map returns a stored map, or an error that is workspace.ErrNotFound.
func (db *Store) Map(ctx context.Context, evaluation string, sample int64, key string) (*StoredMap, error) {
	var meta string
	data, err := db.ws.ReadItem(func() (pack string, offset, length int64, err error) {
		err = db.ws.QueryRow(ctx, `SELECT m.pack, m.meta, m.pos, m.length FROM maps m JOIN evaluations e ON e.id = m.evaluation
			WHERE e.slug = ? AND m.sample = ? AND m.key = ?`, evaluation, sample, key).Scan(&pack, &meta, &offset, &length)
		return pack, offset, length, err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("map %s of sample %d in %s: %w", key, sample, evaluation, workspace.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the map %s of sample %d: %w", key, sample, err)
	}
	return &StoredMap{Sample: sample, Key: key, Meta: json.RawMessage(meta), Data: data}, nil
}

// MapKeys lists the keys of the maps a sample has in an evaluation.
func (db *Store) MapKeys(ctx context.Context, evaluation string, sample int64) ([]string, error) {
	keys, err := workspace.QueryAll[string](ctx, db.ws, `SELECT m.key FROM maps m JOIN evaluations e ON e.id = m.evaluation
		WHERE e.slug = ? AND m.sample = ? ORDER BY m.key`, evaluation, sample)
	if err != nil {
		return nil, fmt.Errorf("listing maps: %w", err)
	}
	return keys, nil
}
