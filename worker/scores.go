package worker

import (
	"crypto/sha256"
	"encoding/json"
	"sync"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/internal/lru"
)

// cachedBytes is how much of what models said a worker remembers: about four
// full RISE runs of a model of 1,000 classes, hundreds of one of ten.
const cachedBytes = 64 << 20

// ScoreCache remembers what models said about the images looked at last, so that
// another target of the same image costs no runs (see attribution.CachedScores). Whoever
// takes scores has them alone until they are back.
type ScoreCache struct {
	mu    sync.Mutex
	limit int64
	held  lru.Cache[ScoresKey, *attribution.CachedScores]
}

// ScoresKey names a model, a file and a method; the rest the scores themselves
// check.
type ScoresKey struct {
	spec   [sha256.Size]byte
	file   string
	method string
}

func newScoreCache(limit int64) *ScoreCache { return &ScoreCache{limit: limit} }

// KeyOf names the scores that a method had of a model (by its specification) on a file.
func KeyOf(spec json.RawMessage, file, method string) ScoresKey {
	return ScoresKey{sha256.Sum256(spec), file, method}
}

// Take hands out what is remembered, or new, empty scores.
func (e *ScoreCache) Take(key ScoresKey) *attribution.CachedScores {
	e.mu.Lock()
	defer e.mu.Unlock()
	if scores, ok := e.held.Take(key); ok {
		return scores
	}
	return &attribution.CachedScores{}
}

// Put remembers scores and forgets the oldest beyond the limit.
func (e *ScoreCache) Put(key ScoresKey, scores *attribution.CachedScores) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.held.Take(key) // of a call at the same time; one of them is enough
	size := int64(scores.Bytes())
	if size == 0 {
		return // nothing was run
	}
	e.held.Put(key, scores, size)
	for e.held.Size() > e.limit {
		e.held.TakeOldest()
	}
}
