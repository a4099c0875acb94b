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
	located, err := db.Locate(ctx, evaluation, ids)
	if err != nil {
		return nil, err
	}
	found := make(map[MapID]*StoredMap, len(located))
	for _, l := range located {
		m, err := db.Read(ctx, l)
		if err == nil {
			found[MapID{m.Sample, m.Key}] = m
		} else if !errors.Is(err, workspace.ErrNotFound) {
			return nil, err
		}
	}
	return found, nil
}

// Located is a stored map whose values are still to be read.
type Located struct {
	MapID
	Meta  json.RawMessage
	Bytes int64 // of its values

	evaluation, pack string
	pos              int64
}

// Locate finds those of some maps that are stored, in the order in which they lie.
func (db *Store) Locate(ctx context.Context, evaluation string, ids []MapID) ([]Located, error) {
	list, err := db.locate(ctx, evaluation, ids)
	if err != nil {
		return nil, fmt.Errorf("looking for %d maps of %s: %w", len(ids), evaluation, err)
	}
	return list, nil
}

func (db *Store) locate(ctx context.Context, evaluation string, ids []MapID) (list []Located, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	samples, keys := columns(ids)
	// The range lets the database pass over most of the table.
	rows, err := db.ws.Query(ctx, `SELECT m.sample, m.key, m.meta, m.pack, m.pos, m.length FROM maps m JOIN evaluations e ON e.id = m.evaluation
		WHERE e.slug = $1 AND m.sample BETWEEN $2 AND $3 AND (m.sample, m.key) IN (SELECT (unnest($4::BIGINT[]), unnest($5::VARCHAR[])))
		ORDER BY m.pack, m.pos`, evaluation, slices.Min(samples), slices.Max(samples), samples, keys)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		l := Located{evaluation: evaluation}
		var meta string
		if err := rows.Scan(&l.Sample, &l.Key, &meta, &l.pack, &l.pos, &l.Bytes); err != nil {
			return nil, err
		}
		l.Meta = json.RawMessage(meta)
		list = append(list, l)
	}
	return list, rows.Err()
}

// columns splits ids for a query.
func columns(ids []MapID) (samples []int64, keys []string) {
	for _, id := range ids {
		samples, keys = append(samples, id.Sample), append(keys, id.Key)
	}
	return samples, keys
}

// Read reads a map that was found. The error of one that is gone meanwhile is
// workspace.ErrNotFound.
func (db *Store) Read(ctx context.Context, l Located) (*StoredMap, error) {
	data, err := db.ws.ReadPacked(l.pack, l.pos, l.Bytes)
	if errors.Is(err, fs.ErrNotExist) { // compaction has moved it meanwhile, or it is gone
		return db.Map(ctx, l.evaluation, l.Sample, l.Key)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the map %s of sample %d: %w", l.Key, l.Sample, err)
	}
	return &StoredMap{Sample: l.Sample, Key: l.Key, Meta: l.Meta, Data: data}, nil
}

// Assessed is a stored map whose values are still to be read, and its verdict where it is known.
type Assessed struct {
	Located
	Verdict string
}

// Under lists the maps of an evaluation under a key, in the order in which they lie.
func (db *Store) Under(ctx context.Context, evaluation, key string) (list []Assessed, err error) {
	rows, err := db.ws.Query(ctx, `SELECT m.sample, m.meta, m.pack, m.pos, m.length, coalesce(t.verdict, '')
		FROM maps m JOIN evaluations e ON e.id = m.evaluation
		LEFT JOIN trusts t ON t.evaluation = m.evaluation AND t.sample = m.sample AND t.key = m.key
		WHERE e.slug = ? AND m.key = ? ORDER BY m.pack, m.pos`, evaluation, key)
	if err != nil {
		return nil, fmt.Errorf("looking for the maps %s of %s: %w", key, evaluation, err)
	}
	defer rows.Close()
	for rows.Next() {
		j := Assessed{Located: Located{evaluation: evaluation}}
		var meta string
		if err := rows.Scan(&j.Sample, &meta, &j.pack, &j.pos, &j.Bytes, &j.Verdict); err != nil {
			return nil, err
		}
		j.Key, j.Meta = key, json.RawMessage(meta)
		list = append(list, j)
	}
	return list, rows.Err()
}

// Maps that lie close together are read at once: what lies between two of them, and all of them.
const (
	gapBytes  = 64 << 10
	spanBytes = 4 << 20
)

// Values hands over the values of maps, which lie in the order of the list, one after another. A
// map that is gone meanwhile is left out.
func (db *Store) Values(ctx context.Context, list []Assessed, visit func(i int, data []byte) error) error {
	for first := 0; first < len(list); {
		end, last := first+1, list[first].pos+list[first].Bytes
		for end < len(list) && list[end].pack == list[first].pack && list[end].pos-last <= gapBytes && list[end].pos+list[end].Bytes-list[first].pos <= spanBytes {
			last = max(last, list[end].pos+list[end].Bytes)
			end++
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := db.span(ctx, list[first:end], last, func(i int, data []byte) error { return visit(first+i, data) }); err != nil {
			return err
		}
		first = end
	}
	return nil
}

// span is Values of maps that are read at once, up to last.
func (db *Store) span(ctx context.Context, list []Assessed, last int64, visit func(i int, data []byte) error) error {
	start := list[0].pos
	data, err := db.ws.ReadPacked(list[0].pack, start, last-start)
	for i, l := range list {
		if err == nil {
			if err := visit(i, data[l.pos-start:l.pos-start+l.Bytes]); err != nil {
				return err
			}
			continue
		}
		m, alone := db.Read(ctx, l.Located) // compaction has moved it meanwhile, or it is gone
		if errors.Is(alone, workspace.ErrNotFound) {
			continue
		}
		if alone != nil {
			return alone
		}
		if err := visit(i, m.Data); err != nil {
			return err
		}
	}
	return nil
}
