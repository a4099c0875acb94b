package maps

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/sightline/sightline/workspace"
)

// Lacking tells of each of some samples which of the maps of some keys it lacks, as
// indices of keys; with assessed, also those that lack an assessment. It takes as long for
// four samples of a million as of a hundred: which samples have a map is read once for
// a key and then kept in memory, a bit per sample.
func (db *Store) Lacking(ctx context.Context, evaluation string, keys []string, samples []int64, assessed bool) ([][]int, error) {
	db.have.mu.Lock()
	defer db.have.mu.Unlock()
	sets := make([]*sampleSet, len(keys))
	for i, key := range keys {
		var err error
		if sets[i], err = db.set(ctx, setKey{evaluation, key, assessed}); err != nil {
			return nil, fmt.Errorf("listing the maps %s of %s: %w", key, evaluation, err)
		}
	}
	lacking := make([][]int, len(samples))
	for i, id := range samples {
		for k, set := range sets {
			if !set.has(id) {
				lacking[i] = append(lacking[i], k)
			}
		}
	}
	return lacking, nil
}

// set returns the samples that have a map, reading them where they are not known. The
// caller holds the lock, so that what is committed meanwhile is noted after it.
func (db *Store) set(ctx context.Context, k setKey) (*sampleSet, error) {
	if set := db.have.sets[k]; set != nil {
		return set, nil
	}
	table := "maps"
	if k.assessed {
		table = "trusts"
	}
	ids, err := workspace.QueryAll[int64](ctx, db.ws, `SELECT m.sample FROM `+table+` m JOIN evaluations e ON e.id = m.evaluation
		WHERE e.slug = ? AND m.key = ?`, k.evaluation, k.key)
	if err != nil {
		return nil, err
	}
	set := &sampleSet{}
	for _, id := range ids {
		set.put(id, true)
	}
	if db.have.sets == nil || len(db.have.sets) >= mostSets {
		db.have.sets = map[setKey]*sampleSet{}
	}
	db.have.sets[k] = set
	return set, nil
}

// mostSets bounds the sets that are kept: of a million samples, each takes 125 KB.
const mostSets = 256

// mapped keeps which samples have a map. It is told of every change once that is
// committed, before the next one can be.
type mapped struct {
	mu   sync.Mutex
	sets map[setKey]*sampleSet
}

type setKey struct {
	evaluation, key string
	assessed        bool
}

// note says whether a sample has a map now, or an assessment of it.
func (m *mapped) note(k setKey, sample int64, has bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if set := m.sets[k]; set != nil {
		set.put(sample, has)
	}
}

// forget drops what is known of an evaluation.
func (m *mapped) forget(evaluation string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k := range m.sets {
		if k.evaluation == evaluation {
			delete(m.sets, k)
		}
	}
}

// sampleSet has a bit for each sample's id, which are small numbers.
type sampleSet struct{ words []uint64 }

func (s *sampleSet) has(id int64) bool {
	word := int(id >> 6)
	return word < len(s.words) && s.words[word]>>(id&63)&1 == 1
}

func (s *sampleSet) put(id int64, in bool) {
	word := int(id >> 6)
	if word >= len(s.words) {
		if !in {
			return
		}
		s.words = append(s.words, make([]uint64, word+1-len(s.words))...)
	}
	if s.words[word] &^= 1 << (id & 63); in {
		s.words[word] |= 1 << (id & 63)
	}
}

// Any reports whether any sample of an evaluation has a map of the key.
func (db *Store) Any(ctx context.Context, evaluation, key string) (bool, error) {
	db.have.mu.Lock()
	defer db.have.mu.Unlock()
	set, err := db.set(ctx, setKey{evaluation: evaluation, key: key})
	if err != nil {
		return false, fmt.Errorf("listing the maps %s of %s: %w", key, evaluation, err)
	}
	return slices.ContainsFunc(set.words, func(word uint64) bool { return word != 0 }), nil
}
