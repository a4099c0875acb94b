package results

import "sync"

// knownEvaluations keeps evaluations that were read, as every request about one begins
// with it. Whoever changes an evaluation calls forget once that is committed.
type knownEvaluations struct {
	mu      sync.Mutex
	byID    map[string]Evaluation
	changes int // so that what was read before a change is not kept after it
}

// get returns an evaluation that is known, and what keep needs of one that is not.
func (k *knownEvaluations) get(id string) (e Evaluation, known bool, changes int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	e, known = k.byID[id]
	return e, known, k.changes
}

func (k *knownEvaluations) keep(e Evaluation, changes int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.byID == nil {
		k.byID = map[string]Evaluation{}
	}
	if changes == k.changes {
		k.byID[e.ID] = e
	}
}

func (k *knownEvaluations) forget(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.changes++
	delete(k.byID, id)
}
