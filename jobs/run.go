package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sightline/sightline/jobs/bus"
)

// tracked is a job that this server has started. Its fields are guarded by
// Manager.mu, but for the ones set once before it is shared.
type tracked struct {
	planner Planner
	ctx     context.Context
	cancel  context.CancelFunc
	stopped chan struct{} // closed when the job has ended and that is stored

	job     Job
	open    map[int]*openChunk
	meter   meter
	changed chan struct{} // closed and replaced at every change
	waits   bool          // for a worker of its kind, as its message says
	ended   bool          // no more work: state is final or being made so
}

// openChunk is a chunk without a done-mark.
type openChunk struct {
	Chunk
	deaths int  // workers that died with it in flight
	half   bool // of a chunk that killed workers
	claim  *claim
	former []*claim // those that ended without a result, the last ones
}

// suspect chunks run alone, so that the next death has one culprit.
func (c *openChunk) suspect() bool { return c.deaths > 0 || c.half }

// launch starts a job, new or resumed; the caller holds submitting.
func (m *Manager) launch(ctx context.Context, job Job) (Job, error) {
	if t := m.active(job.ID); t != nil {
		return m.snapshot(t), nil
	}
	job.State, job.Message, job.Error = Queued, "", ""
	job.Started, job.Finished = time.Now().UTC().Truncate(time.Microsecond), time.Time{}
	job.Rate, job.ETASeconds = 0, 0
	if err := m.store.PutJob(ctx, job); err != nil {
		return Job{}, err
	}
	t := &tracked{planner: m.kinds[job.Kind], job: job, open: map[int]*openChunk{},
		stopped: make(chan struct{}), changed: make(chan struct{})}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		t.cancel()
		return Job{}, errors.New("the server is stopping: start it again, then resume the job")
	}
	m.tracked[job.ID] = t
	m.running.Add(1)
	m.mu.Unlock()
	go func() {
		defer m.running.Done()
		if err := m.begin(t); err != nil {
			m.end(t, Failed, err.Error())
		}
	}()
	return m.snapshot(t), nil
}

// active returns the job if work on it goes on.
func (m *Manager) active(id string) *tracked {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t := m.tracked[id]; t != nil && !t.ended {
		return t
	}
	return nil
}

// begin plans the job if that was not done, and publishes its open chunks.
func (m *Manager) begin(t *tracked) error {
	if !t.job.Planned {
		if err := m.plan(t); err != nil {
			return err
		}
	}
	chunks, err := m.store.OpenChunks(t.ctx, t.job.ID)
	if err != nil {
		return err
	}
	counts, err := m.store.Counts(t.ctx, t.job.ID)
	if err != nil {
		return err
	}
	var open []*openChunk
	for _, c := range chunks {
		open = append(open, &openChunk{Chunk: c})
	}
	m.change(t, func() {
		t.job.State, t.job.Message = Running, ""
		t.job.Done, t.job.Failed = counts.Done, counts.Failed
		for _, c := range open {
			t.open[c.Seq] = c
		}
		t.meter.reset(time.Now(), counts.Done)
	})
	if err := m.store.PutJob(t.ctx, m.snapshot(t)); err != nil {
		return err
	}
	if len(chunks) == 0 {
		m.finish(t)
		return nil
	}
	return m.publish(t.ctx, open)
}

func (m *Manager) plan(t *tracked) error {
	note := func(message string) { m.change(t, func() { t.job.Message = message }) }
	items, size, err := t.planner.Plan(t.ctx, m.snapshot(t), note)
	if err != nil {
		return err
	}
	if items > 0 && size < 1 {
		return fmt.Errorf("plan job %s: chunks of %d items", t.job.ID, size)
	}
	planned := m.snapshot(t)
	planned.Items, planned.Planned = items, true
	if err := m.store.PutPlan(t.ctx, planned, cut(t.job.ID, items, size)); err != nil {
		return err
	}
	// Said after it is stored: a job that is cancelled in between must be planned again, or it
	// would go on with no chunks, and end as done.
	m.change(t, func() { t.job.Items, t.job.Planned = items, true })
	return nil
}

// cut divides items into chunks of the given size; the last may be smaller.
func cut(job string, items, size int) []Chunk {
	var chunks []Chunk
	for first := 0; first < items; first += size {
		chunks = append(chunks, Chunk{Job: job, Seq: len(chunks), First: first, Count: min(size, items-first)})
	}
	return chunks
}

// publish offers chunks and waits until the queue has them all.
func (m *Manager) publish(ctx context.Context, chunks []*openChunk) error {
	for _, c := range chunks {
		if err := bus.Patiently(ctx, func(context.Context) error { return m.offer(c) }); err != nil {
			return fmt.Errorf("publish chunk %d of job %s: %w", c.Seq, c.Job, err)
		}
	}
	select {
	case <-m.js.PublishAsyncComplete():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// finish ends a job all of whose chunks have their done-marks.
func (m *Manager) finish(t *tracked) {
	result, err := t.planner.Finish(t.ctx, m.snapshot(t))
	if err != nil {
		m.end(t, Failed, err.Error())
		return
	}
	if result != nil {
		m.change(t, func() { t.job.Result = result })
	}
	m.end(t, Done, "")
}

// end brings a job to its last state, once; later calls do nothing.
func (m *Manager) end(t *tracked, state State, failure string) {
	m.mu.Lock()
	if t.ended {
		m.mu.Unlock()
		return
	}
	t.ended = true
	var claims []*claim
	for _, c := range t.open {
		if c.claim != nil {
			claims = append(claims, c.claim)
		}
	}
	t.open = map[int]*openChunk{}
	m.mu.Unlock()

	t.cancel()
	m.stopWork(t.job.ID, claims)
	ended := m.snapshot(t)
	ended.State, ended.Error, ended.Message = state, failure, ""
	ended.Rate, ended.ETASeconds, ended.Finished = 0, 0, time.Now().UTC().Truncate(time.Microsecond)
	// Stored first and told afterwards: who hears of the end finds it in the database.
	if err := m.store.PutJob(context.Background(), ended); err != nil {
		m.opts.Log.Error("the end of a job could not be stored", "job", t.job.ID, "err", err)
	}
	m.change(t, func() {
		t.job.State, t.job.Error, t.job.Message, t.job.Finished = ended.State, ended.Error, ended.Message, ended.Finished
	})
	close(t.stopped)
}

// stopWork takes a job's chunks off the queue and tells workers to let go.
func (m *Manager) stopWork(job string, claims []*claim) {
	for _, c := range claims {
		m.nc.Publish(m.subject(subjectStop), []byte(c.id))
		m.acknowledge(c)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	stream, err := m.js.Stream(ctx, m.bus.Address().Stream())
	for _, subject := range []string{subjectChunk, subjectSuspect} {
		if err == nil {
			err = stream.Purge(ctx, jetstream.WithPurgeSubject(m.subject(subject)+"."+job+".>"))
		}
	}
	if err != nil {
		// Workers that are handed such a chunk are told to drop it.
		m.opts.Log.Warn("chunks were left on the queue", "job", job, "err", err)
	}
}

// Forget removes the jobs that are matched, with their lists, so that none is resumed. Jobs
// that are at work stay.
func (m *Manager) Forget(ctx context.Context, matched func(Job) bool) error {
	m.submitting.Lock()
	defer m.submitting.Unlock()
	list, err := m.List(ctx)
	if err != nil {
		return err
	}
	for _, job := range list {
		if job.State.Active() || !matched(job) {
			continue
		}
		if err := m.store.Remove(ctx, job.ID); err != nil {
			return err
		}
		m.mu.Lock()
		delete(m.tracked, job.ID)
		m.mu.Unlock()
	}
	return nil
}
