package pipeline

import (
	"container/list"
	"crypto/sha256"
	"sync"

	"github.com/sightline/sightline/attribution"
)

// evidenceBytes is how much of what models said a worker remembers: about four
// full RISE runs of a model of 1,000 classes, hundreds of one of ten.
const evidenceBytes = 64 << 20

// evidences remembers what models said about the pictures looked at last, so
// that another target of the same picture costs no runs (see
// attribution.CachedScores). Whoever takes evidence has it alone until it is back.
type evidences struct {
	mu    sync.Mutex
	limit int
	bytes int
	order list.List // of *kept, the latest in front
	byKey map[evidenceKey]*list.Element
}

// evidenceKey names a model, a file and a method; the rest the evidence itself
// checks.
type evidenceKey struct {
	spec   [sha256.Size]byte
	file   string
	method string
}

type kept struct {
	key      evidenceKey
	evidence *attribution.CachedScores
	bytes    int
}

func newEvidences(limit int) *evidences {
	return &evidences{limit: limit, byKey: map[evidenceKey]*list.Element{}}
}

func keyOf(r mapRequest, it item) evidenceKey {
	return evidenceKey{sha256.Sum256(r.Spec), it.File, r.Method}
}

// take hands out what is remembered, or new evidence.
func (e *evidences) take(key evidenceKey) *attribution.CachedScores {
	e.mu.Lock()
	defer e.mu.Unlock()
	element := e.byKey[key]
	if element == nil {
		return &attribution.CachedScores{}
	}
	return e.remove(element).evidence
}

// put remembers evidence and forgets the oldest beyond the limit.
func (e *evidences) put(key evidenceKey, evidence *attribution.CachedScores) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if element := e.byKey[key]; element != nil {
		e.remove(element) // of a call at the same time; one of them is enough
	}
	k := &kept{key, evidence, evidence.Bytes()}
	if k.bytes == 0 {
		return // nothing was run
	}
	e.byKey[key] = e.order.PushFront(k)
	e.bytes += k.bytes
	for e.bytes > e.limit {
		e.remove(e.order.Back())
	}
}

func (e *evidences) remove(element *list.Element) *kept {
	k := e.order.Remove(element).(*kept)
	delete(e.byKey, k.key)
	e.bytes -= k.bytes
	return k
}
