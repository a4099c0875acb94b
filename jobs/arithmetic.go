package jobs

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sightline/sightline/workspace"
)

// A job holds results of workers of one kind: that of its first stored chunk. Another kind sums
// in another order, and the last bits of its results are others.

// kinds lists those that a job holds results of.
func (j *Job) kinds() []string {
	if j.Arithmetic == "" {
		return nil
	}
	return strings.Split(j.Arithmetic, "; ")
}

// kindOf is the kind of a worker, "" if that is not known. The caller holds mu.
func (m *Manager) kindOf(worker string) string {
	if info := m.workers[worker]; info != nil {
		return info.Kind
	}
	return ""
}

// fits tells whether workers of a kind may work for a job. The caller holds mu.
func (m *Manager) fits(t *tracked, kind string) bool {
	have := t.job.kinds()
	return m.opts.Mixed || kind == "" || len(have) == 0 || slices.Contains(have, kind)
}

// errOtherKind refuses the result of a worker that took its chunk before the job had a kind.
var errOtherKind = errors.New("the result was not taken: the job holds results of workers of another kind")

// pin stores in tx, which also stores a result, the kind of the worker that it is from.
func (m *Manager) pin(tx *workspace.Tx, t *tracked, kind string) error {
	m.mu.Lock()
	fits, have := m.fits(t, kind), t.job.kinds()
	m.mu.Unlock()
	switch {
	case !fits:
		return errOtherKind
	case kind == "" || slices.Contains(have, kind):
		return nil
	}
	return setArithmetic(t.ctx, tx, t.job.ID, strings.Join(append(have, kind), "; "))
}

// pinned notes what pin stored.
func (m *Manager) pinned(t *tracked, kind string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if have := t.job.kinds(); kind != "" && !slices.Contains(have, kind) {
		t.job.Arithmetic = strings.Join(append(have, kind), "; ")
	}
}

// giveBack offers a chunk again whose result was not taken.
func (m *Manager) giveBack(t *tracked, c Chunk) {
	m.mu.Lock()
	defer m.mu.Unlock()
	open := t.open[c.Seq]
	if open == nil || t.ended || open.claim == nil {
		return
	}
	m.counters.refused.Add(1)
	was := open.claim
	open.endClaim()
	if err := m.offer(open); err != nil {
		m.opts.Log.Error("a chunk could not be offered again", "job", c.Job, "chunk", c.Seq, "err", err)
	}
	m.acknowledge(was)
}

// tellUnfit says in a job what it waits for, where no worker of its kind is there. The caller
// holds mu.
func (m *Manager) tellUnfit(t *tracked) {
	have := t.job.kinds()
	var others []string
	for _, info := range m.workers {
		if slices.Contains(have, info.Kind) {
			return
		}
		others = append(others, info.Kind)
	}
	slices.Sort(others)
	t.waits = true
	t.job.Message = fmt.Sprintf("it waits for a worker of kind %s, of which its results are; those that are there are of kind %s and could give other last bits. Start one of its kind, or serve with --mixed",
		strings.Join(have, " or "), strings.Join(slices.Compact(others), " and "))
}
