package worker

import (
	"container/list"
	"crypto/sha256"
	"encoding/json"
	"sync"

	"github.com/sightline/sightline/attribution"
)

// cachedBytes is how much of what models said a worker remembers: about four
// full RISE runs of a model of 1,000 classes, hundreds of one of ten.
const cachedBytes = 64 << 20

// ScoreCache remembers what models said about the images looked at last, so that
// another target of the same image costs no runs (see attribution.CachedScores). Whoever
// takes scores has them alone until they are back.
type ScoreCache struct {
	mu    sync.Mutex
	limit int
	bytes int
	order list.List // of *kept, the latest in front
	byKey map[ScoresKey]*list.Element
}

// ScoresKey names a model, a file and a method; the rest the scores themselves
// check.
type ScoresKey struct {
	spec   [sha256.Size]byte
	file   string
	method string
}

type kept struct {
	key    ScoresKey
	scores *attribution.CachedScores
	bytes  int
}

func newScoreCache(limit int) *ScoreCache {
	return &ScoreCache{limit: limit, byKey: map[ScoresKey]*list.Element{}}
}

// KeyOf names the scores that a method had of a model (by its specification) on a file.
func KeyOf(spec json.RawMessage, file, method string) ScoresKey {
	return ScoresKey{sha256.Sum256(spec), file, method}
}

// Take hands out what is remembered, or new, empty scores.
func (e *ScoreCache) Take(key ScoresKey) *attribution.CachedScores {
	e.mu.Lock()
	defer e.mu.Unlock()
	element := e.byKey[key]
	if element == nil {
		return &attribution.CachedScores{}
	}
	return e.remove(element).scores
}

// Put remembers scores and forgets the oldest beyond the limit.
func (e *ScoreCache) Put(key ScoresKey, scores *attribution.CachedScores) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if element := e.byKey[key]; element != nil {
		e.remove(element) // of a call at the same time; one of them is enough
	}
	k := &kept{key, scores, scores.Bytes()}
	if k.bytes == 0 {
		return // nothing was run
	}
	e.byKey[key] = e.order.PushFront(k)
	e.bytes += k.bytes
	for e.bytes > e.limit {
		e.remove(e.order.Back())
	}
}

func (e *ScoreCache) remove(element *list.Element) *kept {
	k := e.order.Remove(element).(*kept)
	delete(e.byKey, k.key)
	e.bytes -= k.bytes
	return k
}
