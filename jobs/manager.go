package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sightline/sightline/jobs/bus"
	"github.com/sightline/sightline/workspace"
)

// Options of a Manager. Zero values are sensible.
type Options struct {
	// Incoming is the folder through which large results travel. It is emptied
	// at the start: whatever is in it belongs to chunks that will be done again.
	Incoming string
	// AckWait is how long a silent worker keeps a chunk; default 10 s. Workers
	// speak up three times in it.
	AckWait time.Duration
	// SilentFor is how long a worker on another machine may give no sign before it counts as
	// lost; default 15 s.
	SilentFor time.Duration
	// CallWait is how long a call waits for a worker to be there; default 30 s.
	CallWait time.Duration
	// Version is that of the program; workers of another are refused.
	Version string
	// Sources is where workers that share no folder with the server have files from; nil for
	// nowhere.
	Sources Sources
	// Mixed lets workers of several kinds work for one job, whose last bits may differ then.
	Mixed bool
	// Replicas is how many servers of an external cluster hold the queue; default 1.
	Replicas int
	Log      *slog.Logger
}

// Manager is the server half: it plans jobs, hands out their chunks, ingests
// results and answers questions about progress. Safe for concurrent use. It has
// many methods, because jobs, chunks, claims and workers change together, under
// one lock: a death moves chunks, a result ends a claim and may end the job. Each
// file of the package has the methods of one of them.
type Manager struct {
	opts  Options
	store Store
	bus   bus.Bus
	nc    *nats.Conn
	js    jetstream.JetStream
	kinds map[string]Planner

	submitting sync.Mutex // one submit, cancel or resume at a time
	ingesting  sync.Mutex // one result at a time

	mu       sync.Mutex
	tracked  map[string]*tracked
	workers  map[string]*workerInfo
	lastLoss string // why the last worker died
	closed   bool

	counters   counters
	streamMade time.Time     // when the stream of chunks was
	done       chan struct{} // closed when the manager closes
	running    sync.WaitGroup
}

// NewManager connects to the queue, prepares its stream and marks jobs that a
// former server left running as interrupted. Register the kinds, then Submit
// or Resume.
func NewManager(ctx context.Context, store Store, queue bus.Bus, opts Options) (*Manager, error) {
	if opts.AckWait == 0 {
		opts.AckWait = 10 * time.Second
	}
	if opts.SilentFor == 0 {
		opts.SilentFor = 15 * time.Second
	}
	if opts.CallWait == 0 {
		opts.CallWait = 30 * time.Second
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	m := &Manager{opts: opts, store: store, bus: queue, kinds: map[string]Planner{},
		tracked: map[string]*tracked{}, workers: map[string]*workerInfo{}, done: make(chan struct{})}
	for _, step := range []func(context.Context) error{m.clearIncoming, m.open, m.subscribe, m.markInterrupted} {
		if err := step(ctx); err != nil {
			m.Close()
			return nil, err
		}
	}
	return m, nil
}

func (m *Manager) open(ctx context.Context) (err error) {
	if m.nc, err = m.bus.Connect(); err != nil {
		return err
	}
	if !m.bus.Lasts() {
		if err := m.alone(ctx); err != nil {
			return err
		}
	}
	if m.js, err = jetstream.New(m.nc); err != nil {
		return fmt.Errorf("open JetStream: %w", err)
	}
	if err := m.openStream(ctx); err != nil || m.bus.Lasts() {
		return err
	}
	go m.mendUntil(m.done)
	go m.rollCall(m.done)
	return m.purgeAll(ctx)
}

func (m *Manager) subscribe(context.Context) error {
	for subject, handle := range map[string]nats.MsgHandler{
		subjectClaim: m.onClaim, subjectResult: m.onResult, subjectProgress: m.onProgress, subjectHello: m.onHello,
		subjectStuck: m.onStuck, subjectFound: m.onFound, subjectBeat: m.onBeat, subjectLost: m.onLost,
		subjectBlob: m.onBlob, subjectPiece: m.onPiece, subjectPut: m.onPut, subjectServer: m.onServer,
	} {
		sub, err := m.nc.Subscribe(m.subject(subject), handle)
		if err == nil {
			err = sub.SetPendingLimits(-1, putsWaiting)
		}
		if err != nil {
			return fmt.Errorf("subscribe to %s: %w", subject, err)
		}
	}
	return m.nc.Flush()
}

// subject is one of the workspace's.
func (m *Manager) subject(name string) string { return m.bus.Address().Subject(name) }

func (m *Manager) markInterrupted(ctx context.Context) error {
	list, err := m.store.Jobs(ctx)
	if err != nil {
		return err
	}
	for _, job := range list {
		if !job.State.Active() {
			continue
		}
		job.State, job.Message = Interrupted, "the server stopped while this ran: resume it to go on"
		if job.Crashes++; job.Crashes >= crashesToBlame {
			job.Message = fmt.Sprintf("%d servers ended while this ran, perhaps because of it: it does not go on by itself. Resume it, or cancel it", job.Crashes)
		}
		if err := m.store.PutJob(ctx, job); err != nil {
			return err
		}
	}
	return nil
}

// Register makes a kind of job known. Call it before Submit and Resume.
func (m *Manager) Register(kind string, p Planner) { m.kinds[kind] = p }

// Submit starts a job; params is anything that marshals to JSON. A job of the
// same kind and params that is not done yet is resumed, or returned as it is
// when it runs already.
func (m *Manager) Submit(ctx context.Context, kind string, params any) (Job, error) {
	p, ok := m.kinds[kind]
	if !ok {
		return Job{}, fmt.Errorf("there is no kind of job named %q", kind)
	}
	canonical, err := canonicalJSON(params)
	if err != nil {
		return Job{}, fmt.Errorf("parameters of a job of kind %s: %w", kind, err)
	}
	desc, err := p.Describe(ctx, canonical)
	if err != nil {
		return Job{}, err
	}
	m.submitting.Lock()
	defer m.submitting.Unlock()
	job, err := m.unfinished(ctx, kind, canonical)
	if err != nil {
		return Job{}, err
	}
	if job.ID == "" {
		if job, err = newJob(kind, canonical); err != nil {
			return Job{}, err
		}
	}
	job.Title, job.Result = desc.Title, desc.Result
	if job, err = m.launch(ctx, job); err != nil {
		return Job{}, err
	}
	return job, m.forgetOld(ctx, kind)
}

// forgetOld drops the lists of jobs of a kind that stopped before their end where a newer
// one of the same subject has a list, or had one: what is cancelled again and again would
// make the database grow. The caller holds submitting, so that none of them starts.
func (m *Manager) forgetOld(ctx context.Context, kind string) error {
	list, err := m.store.Jobs(ctx)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, job := range list { // the newest first
		if job.Kind != kind || !job.Planned {
			continue
		}
		desc, err := m.kinds[kind].Describe(ctx, job.Params)
		if err != nil || desc.Subject == "" {
			continue
		}
		if seen[desc.Subject] && m.active(job.ID) == nil {
			if err := m.store.Forget(ctx, job.ID); err != nil {
				return err
			}
			m.mu.Lock()
			delete(m.tracked, job.ID) // what is stored holds
			m.mu.Unlock()
		}
		seen[desc.Subject] = true
	}
	return nil
}

func newJob(kind string, params json.RawMessage) (Job, error) {
	id, err := randomHex(4)
	return Job{ID: kind + "-" + id, Kind: kind, Params: params, Created: time.Now().UTC().Truncate(time.Microsecond)}, err
}

// canonicalJSON makes equal parameters equal bytes: compact, keys sorted.
func canonicalJSON(v any) (json.RawMessage, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal(b, &tree); err != nil {
		return nil, err
	}
	return json.Marshal(tree)
}

// unfinished finds the newest job of this identity that is not done.
func (m *Manager) unfinished(ctx context.Context, kind string, params json.RawMessage) (Job, error) {
	list, err := m.store.Jobs(ctx)
	if err != nil {
		return Job{}, err
	}
	for _, job := range list {
		if job.Kind == kind && string(job.Params) == string(params) && job.State != Done {
			return job, nil
		}
	}
	return Job{}, nil
}

// Resume goes on with a job that was cancelled, interrupted or failed: only
// chunks without a done-mark are done. On a running or finished job it does
// nothing.
func (m *Manager) Resume(ctx context.Context, id string) (Job, error) {
	m.submitting.Lock()
	defer m.submitting.Unlock()
	job, err := m.Get(ctx, id)
	if err != nil || job.State == Done {
		return job, err
	}
	if _, ok := m.kinds[job.Kind]; !ok {
		return job, fmt.Errorf("job %s is of kind %q, which this program does not know", id, job.Kind)
	}
	return m.launch(ctx, job)
}

// crashesToBlame is how many servers must end without a word while a job runs, and gets
// nowhere, before it is not resumed without being asked to.
const crashesToBlame = 2

// ResumeInterrupted resumes every job that a former server left unfinished, but those that
// may have ended it.
func (m *Manager) ResumeInterrupted(ctx context.Context) error {
	list, err := m.store.Jobs(ctx)
	if err != nil {
		return err
	}
	var failures []error
	for _, job := range list {
		if job.State == Interrupted && job.Crashes < crashesToBlame {
			_, err := m.Resume(ctx, job.ID)
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}

// Cancel stops a job, or ends an interrupted one; what is finished stays, and Resume goes on
// from there.
func (m *Manager) Cancel(ctx context.Context, id string) (Job, error) {
	m.submitting.Lock()
	defer m.submitting.Unlock()
	if t := m.active(id); t != nil {
		m.end(t, Cancelled, "")
		<-t.stopped
		if err := m.forgetOld(ctx, t.job.Kind); err != nil {
			return Job{}, err
		}
	}
	job, err := m.Get(ctx, id)
	if err != nil || job.State != Interrupted {
		return job, err
	}
	job.State, job.Message, job.Crashes = Cancelled, "", 0
	if job.Finished.IsZero() {
		job.Finished = time.Now().UTC().Truncate(time.Microsecond)
	}
	if err := m.store.PutJob(ctx, job); err != nil {
		return job, err
	}
	m.mu.Lock()
	delete(m.tracked, id) // the store has its last state
	m.mu.Unlock()
	return job, nil
}

// Get returns one job as it stands, or ErrNotFound.
func (m *Manager) Get(ctx context.Context, id string) (Job, error) {
	m.mu.Lock()
	t := m.tracked[id]
	m.mu.Unlock()
	if t != nil {
		return m.snapshot(t), nil
	}
	return m.store.Job(ctx, id)
}

// Failures lists the items of a job that gave no result so far, by item.
func (m *Manager) Failures(ctx context.Context, id string) ([]Failure, error) {
	return m.store.Failures(ctx, id)
}

// PutItems fixes the list that a job works through; see Store.
func (m *Manager) PutItems(ctx context.Context, job string, ids []int64) (n int, err error) {
	return m.store.PutItems(ctx, job, ids)
}

// Items returns the ids [first, first+count) of a job's list. A job that is done has
// none.
func (m *Manager) Items(ctx context.Context, job string, first, count int) ([]int64, error) {
	return m.store.Items(ctx, job, first, count)
}

// List returns all jobs, newest first.
func (m *Manager) List(ctx context.Context) ([]Job, error) {
	return m.current(m.store.Jobs(ctx))
}

// Page lists jobs as List does: at most limit of those that come after a place.
func (m *Manager) Page(ctx context.Context, place workspace.Place, limit int) ([]Job, error) {
	return m.current(m.store.JobsAfter(ctx, place, limit))
}

// current gives jobs at work their progress, which is not stored.
func (m *Manager) current(list []Job, err error) ([]Job, error) {
	if err != nil {
		return nil, err
	}
	for i := range list {
		m.mu.Lock()
		t := m.tracked[list[i].ID]
		m.mu.Unlock()
		if t != nil {
			list[i] = m.snapshot(t)
		}
	}
	return list, nil
}

// Close interrupts what runs, waits for it to stop and disconnects. Stop the
// workers first, and close the store and the queue afterwards.
func (m *Manager) Close() {
	m.mu.Lock()
	if !m.closed {
		close(m.done)
	}
	m.closed = true
	var open []*tracked
	for _, t := range m.tracked {
		open = append(open, t)
	}
	m.mu.Unlock()
	for _, t := range open {
		m.end(t, Interrupted, "")
	}
	m.running.Wait()
	m.ingesting.Lock() // a result being stored is stored
	defer m.ingesting.Unlock()
	if m.nc != nil {
		m.nc.Close()
	}
}
