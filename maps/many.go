package maps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/sightline/sightline/workspace"
)

// MapID names a map of an evaluation.
type MapID struct {
	Sample int64
	Key    string
}

// Maps returns those of some maps that are stored. It asks once for all: asking for each takes
// as many passes over the table.
func (db *Store) Maps(ctx context.Context, evaluation string, ids []MapID) (map[MapID]*StoredMap, error) {
	places, err := db.places(ctx, evaluation, ids)
	if err != nil {
		return nil, fmt.Errorf("looking for %d maps of %s: %w", len(ids), evaluation, err)
	}
	found := make(map[MapID]*StoredMap, len(places))
	for _, p := range places {
		data, err := db.ws.ReadPacked(p.pack, p.pos, p.length)
		if err == nil {
			found[MapID{p.Sample, p.Key}] = &StoredMap{Sample: p.Sample, Key: p.Key, Meta: p.Meta, Data: data}
			continue
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("reading the map %s of sample %d: %w", p.Key, p.Sample, err)
		}
		// Compaction has moved it meanwhile, or it is gone.
		m, err := db.Map(ctx, evaluation, p.Sample, p.Key)
		if err == nil {
			found[MapID{p.Sample, p.Key}] = m
		} else if !errors.Is(err, workspace.ErrNotFound) {
			return nil, err
		}
	}
	return found, nil
}

// place is where a map lies.
type place struct {
	StoredMap
	pack        string
	pos, length int64
}

// places finds maps, in the order in which they lie.
func (db *Store) places(ctx context.Context, evaluation string, ids []MapID) (list []place, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	samples, keys := make([]int64, len(ids)), make([]string, len(ids))
	for i, id := range ids {
		samples[i], keys[i] = id.Sample, id.Key
	}
	// The range lets the database pass over most of the table.
	rows, err := db.ws.Query(ctx, `SELECT m.sample, m.key, m.meta, m.pack, m.pos, m.length FROM maps m JOIN evaluations e ON e.id = m.evaluation
		WHERE e.slug = $1 AND m.sample BETWEEN $2 AND $3 AND (m.sample, m.key) IN (SELECT (unnest($4::BIGINT[]), unnest($5::VARCHAR[])))
		ORDER BY m.pack, m.pos`, evaluation, slices.Min(samples), slices.Max(samples), samples, keys)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p place
		var meta string
		if err := rows.Scan(&p.Sample, &p.Key, &meta, &p.pack, &p.pos, &p.length); err != nil {
			return nil, err
		}
		p.Meta = json.RawMessage(meta)
		list = append(list, p)
	}
	return list, rows.Err()
}
