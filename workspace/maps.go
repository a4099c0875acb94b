package workspace

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"time"
)

// StoredMap is an attribution map as its method made it. Key names method,
// target, seed and options; Meta is the JSON the method's owner gave; Data the
// raw float32 values, little-endian, row by row.
type StoredMap struct {
	Sample int64
	Key    string
	Meta   json.RawMessage
	Data   []byte
}

// IngestMaps stores a pack of maps of an evaluation as part of tx. Each item
// has the sample, the key and the metadata, and may have the map's trust. A map of
// the same sample and key is replaced, and what was known of its worth with it.
func (w *Workspace) IngestMaps(ctx context.Context, tx *sql.Tx, evaluation, job string, seq int, pack string) error {
	if err := w.ingestMaps(ctx, tx, evaluation, packName(path.Join("maps", evaluation), job, seq), pack); err != nil {
		return fmt.Errorf("storing maps of %s: %w", evaluation, err)
	}
	return nil
}

func (w *Workspace) ingestMaps(ctx context.Context, tx *sql.Tx, evaluation, name, pack string) error {
	number, _, _, err := evaluationKey(ctx, tx, evaluation)
	if err != nil {
		return err
	}
	items, err := w.storePack(ctx, tx, "maps", name, pack)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM maps WHERE pack = ?`, name); err != nil {
		return err
	}
	keys, samples, offsets, lengths, metas := columns(items)
	if len(keys) == 0 {
		return nil
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM maps WHERE evaluation = ? AND (sample, key) IN
		(SELECT (unnest(?::BIGINT[]), unnest(?::VARCHAR[])))`, number, samples, keys)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO maps SELECT ?, unnest(?::BIGINT[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), ?,
		unnest(?::BIGINT[]), unnest(?::BIGINT[]), ?`, number, samples, keys, metas, name, offsets, lengths, time.Now())
	if err != nil {
		return err
	}
	return putTrusts(ctx, tx, number, items)
}

// PutMap stores one map, made on demand.
func (w *Workspace) PutMap(ctx context.Context, evaluation string, m StoredMap) error {
	seq := time.Now().UnixNano()
	name := fmt.Sprintf("single-%d", seq)
	file := path.Join(w.Incoming(), name+".pack")
	err := WritePack(file, []Packed{{Key: m.Key, Sample: m.Sample, Meta: m.Meta, Data: m.Data}})
	if err != nil {
		return err
	}
	return w.Update(ctx, func(tx *sql.Tx) error { return w.IngestMaps(ctx, tx, evaluation, name, 0, file) })
}

// Map returns a stored map, or an error that is ErrNotFound.
func (w *Workspace) Map(ctx context.Context, evaluation string, sample int64, key string) (*StoredMap, error) {
	var pack, meta string
	var offset, length int64
	err := w.db.QueryRowContext(ctx, `SELECT m.pack, m.meta, m.pos, m.length FROM maps m JOIN evaluations e ON e.id = m.evaluation
		WHERE e.slug = ? AND m.sample = ? AND m.key = ?`, evaluation, sample, key).Scan(&pack, &meta, &offset, &length)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("map %s of sample %d in %s: %w", key, sample, evaluation, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("finding a map: %w", err)
	}
	data, err := w.readPacked(pack, offset, length)
	return &StoredMap{Sample: sample, Key: key, Meta: json.RawMessage(meta), Data: data}, err
}

// MapKeys lists the keys of the maps a sample has in an evaluation.
func (w *Workspace) MapKeys(ctx context.Context, evaluation string, sample int64) ([]string, error) {
	rows, err := w.db.QueryContext(ctx, `SELECT m.key FROM maps m JOIN evaluations e ON e.id = m.evaluation
		WHERE e.slug = ? AND m.sample = ? ORDER BY m.key`, evaluation, sample)
	if err != nil {
		return nil, fmt.Errorf("listing maps: %w", err)
	}
	return scanAll[string](rows)
}

// Mapped returns, of the samples of an evaluation, those that have a map under the
// key; with judged, only those whose map has been judged.
func (w *Workspace) Mapped(ctx context.Context, evaluation, key string, judged bool) (map[int64]bool, error) {
	table := "maps"
	if judged {
		table = "trusts"
	}
	rows, err := w.db.QueryContext(ctx, `SELECT m.sample FROM `+table+` m JOIN evaluations e ON e.id = m.evaluation
		WHERE e.slug = ? AND m.key = ?`, evaluation, key)
	if err != nil {
		return nil, fmt.Errorf("listing maps: %w", err)
	}
	ids, err := scanAll[int64](rows)
	found := make(map[int64]bool, len(ids))
	for _, id := range ids {
		found[id] = true
	}
	return found, err
}
