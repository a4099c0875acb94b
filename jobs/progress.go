package jobs

import (
	"context"
	"encoding/json"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	watchEvery  = 100 * time.Millisecond // watchers hear at most ten times a second
	meterWindow = 10 * time.Second
	meterStep   = 250 * time.Millisecond
)

// meter measures a rate over a sliding window.
type meter struct{ points []meterPoint }

type meterPoint struct {
	at   time.Time
	done int
}

func (r *meter) reset(now time.Time, done int) { r.points = []meterPoint{{now, done}} }

// add notes that done items are finished, at most every meterStep.
func (r *meter) add(now time.Time, done int) {
	if n := len(r.points); n > 0 && now.Sub(r.points[n-1].at) < meterStep {
		return
	}
	r.points = append(r.points, meterPoint{now, done})
	for len(r.points) > 2 && now.Sub(r.points[1].at) > meterWindow {
		r.points = r.points[1:]
	}
}

// rate is in items per second, up to now; 0 if unknown.
func (r *meter) rate(now time.Time, done int) float64 {
	if len(r.points) == 0 {
		return 0
	}
	first := r.points[0]
	seconds := now.Sub(first.at).Seconds()
	if seconds <= 0 || done <= first.done {
		return 0
	}
	return float64(done-first.done) / seconds
}

// change alters a job under the lock and wakes its watchers.
func (m *Manager) change(t *tracked, f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f()
	t.meter.add(time.Now(), t.reached())
	close(t.changed)
	t.changed = make(chan struct{})
}

// reached counts finished items and those of chunks being worked on.
func (t *tracked) reached() int {
	done := t.job.Done
	for _, c := range t.open {
		if c.claim != nil {
			done += c.claim.done
		}
	}
	return done
}

// snapshot is the job as it stands, with rate and estimate.
func (m *Manager) snapshot(t *tracked) Job {
	m.mu.Lock()
	defer m.mu.Unlock()
	job := t.job
	if job.State != Running {
		return job
	}
	job.Done = t.reached()
	job.Rate = t.meter.rate(time.Now(), job.Done)
	if job.Rate > 0 {
		job.ETASeconds = float64(job.Items-job.Done) / job.Rate
	}
	return job
}

// Watch sends the job at once and then as it changes, at most ten times a
// second; a slow reader misses states, never the last one. The channel closes
// after the state that ends the job, or when ctx is done.
func (m *Manager) Watch(ctx context.Context, id string) (<-chan Job, error) {
	job, err := m.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	ch := make(chan Job)
	go func() {
		defer close(ch)
		for {
			changed := m.changes(id)
			if job, err = m.Get(ctx, id); err != nil {
				return
			}
			select {
			case ch <- job:
			case <-ctx.Done():
				return
			}
			if !job.State.Active() || !pause(ctx, changed) {
				return
			}
		}
	}()
	return ch, nil
}

// changes returns a channel that closes at the job's next change; nil (never)
// for a job this server has not started.
func (m *Manager) changes(id string) <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t := m.tracked[id]; t != nil {
		return t.changed
	}
	return nil
}

// pause waits for a change, but no less than watchEvery; a second of silence
// also counts, because rate and estimate change with time.
func pause(ctx context.Context, changed <-chan struct{}) bool {
	least := time.After(watchEvery)
	select {
	case <-changed:
	case <-time.After(time.Second):
	case <-ctx.Done():
		return false
	}
	select {
	case <-least:
		return true
	case <-ctx.Done():
		return false
	}
}

// Wait blocks until the job ends, and returns it.
func (m *Manager) Wait(ctx context.Context, id string) (Job, error) {
	updates, err := m.Watch(ctx, id)
	if err != nil {
		return Job{}, err
	}
	var last Job
	for last = range updates {
	}
	return last, ctx.Err()
}

func (m *Manager) onProgress(msg *nats.Msg) {
	var note progressNote
	if json.Unmarshal(msg.Data, &note) != nil {
		return
	}
	t := m.active(note.Job)
	if t == nil {
		return
	}
	m.change(t, func() {
		if c := t.open[note.Seq]; c != nil && c.claim != nil && c.claim.id == note.Claim {
			done := min(max(note.Done, 0), c.Count)
			m.credit(c.claim.worker, done-c.claim.done)
			c.claim.done = done
			if note.Note != nil {
				t.job.Message = *note.Note
			}
		}
	})
}

func (m *Manager) onFound(msg *nats.Msg) {
	var note foundNote
	if err := json.Unmarshal(msg.Data, &note); err != nil {
		m.opts.Log.Error("a finding could not be read", "err", err)
		return
	}
	if t, _ := m.claimed(note.Job, note.Seq, note.Claim); t == nil {
		m.respond(msg, struct{}{})
		return
	}
	go func() {
		if err := m.store.PutFinding(context.Background(), Chunk{Job: note.Job, Seq: note.Seq}, note.Finding); err != nil {
			m.opts.Log.Warn("a finding could not be stored", "job", note.Job, "chunk", note.Seq, "err", err)
		}
		m.respond(msg, struct{}{})
	}()
}
