package worker

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"sync"
	"time"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/internal/lru"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/ort/laidout"
)

// modelsKept is how many models a worker keeps loaded.
const modelsKept = 3

// SessionThreads is how many threads a run of a model has: fixed, so that results do not
// depend on the machine's load or on what else the worker does; see Cores.
const SessionThreads = 1

// models keeps the models used last.
type models struct {
	keep     int
	patience patience
	waiter   *files.Waiter // for the models' files
	remote   *remote       // where they are from; nil: the specification's path
	programs int64         // bytes that the idle programs of one model may hold, 0: any
	graphs   *laidout.Graphs
	mu       sync.Mutex
	open     map[[32]byte]*loaded
	idle     lru.Cache[[32]byte, *loaded] // those of them that nobody uses
}

// loaded is a model, opened for whoever asked first.
type loaded struct {
	done  chan struct{} // closed when it is open, or has failed
	model *classifier.Classifier
	err   error
	users int
}

func newModels(keep int, programs int64, p patience, w *files.Waiter) *models {
	return &models{keep: keep, programs: programs, patience: p, waiter: w, open: map[[32]byte]*loaded{}}
}

// acquire returns the model of a specification; call release when done with it. A model that
// is not open in time, and is wanted by nobody then, ends the worker: opening has no other end.
func (m *models) acquire(ctx context.Context, spec json.RawMessage) (c *classifier.Classifier, release func(), err error) {
	key := sha256.Sum256(spec)
	m.mu.Lock()
	l := m.open[key]
	if l == nil {
		l = &loaded{done: make(chan struct{})}
		m.open[key] = l
		go m.fill(key, l, spec)
	}
	l.users++
	m.idle.Take(key)
	m.mu.Unlock()
	if err := m.await(ctx, l); err != nil {
		time.AfterFunc(m.patience.grace(), func() {
			if m.unwanted(l) {
				jobs.GiveUp(ctx, err.Error())
			}
		})
		m.release(key, l)
		return nil, nil, err
	}
	if l.err != nil {
		m.release(key, l)
		return nil, nil, l.err
	}
	return l.model, func() { m.release(key, l) }, nil
}

// await waits until a model is open.
func (m *models) await(ctx context.Context, l *loaded) error {
	limit := m.patience.opening()
	defer jobs.Tell(ctx, "opening the model", limit)()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-l.done:
		return nil
	case <-timer.C:
		return tooLong("opening the model", limit)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// unwanted tells whether a model is still being opened, for nobody.
func (m *models) unwanted(l *loaded) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return l.users == 0 && l.model == nil && l.err == nil
}

// fill opens a model.
func (m *models) fill(key [32]byte, l *loaded, spec json.RawMessage) {
	model, err := m.load(spec)
	m.mu.Lock()
	defer m.mu.Unlock()
	l.model, l.err = model, err
	m.rest(key, l)
	close(l.done)
}

func (m *models) load(spec json.RawMessage) (*classifier.Classifier, error) {
	s, err := classifier.ParseSpec(spec)
	if err != nil {
		return nil, err
	}
	if m.remote != nil {
		if err := m.remote.model(context.Background(), s); err != nil {
			return nil, err
		}
	}
	if err := reachable(context.Background(), m.waiter, s.Path); err != nil {
		return nil, err
	}
	c, err := classifier.OpenKept(s, SessionThreads, m.graphs)
	if err != nil {
		return nil, err
	}
	c.KeepPrograms(m.programs)
	c.Watch(m.patience.watch)
	return c, nil
}

// release notes that a user is done; models beyond keep, and failures, go.
func (m *models) release(key [32]byte, l *loaded) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l.users--
	m.rest(key, l)
	for len(m.open) > m.keep {
		oldest, l, ok := m.idle.TakeOldest()
		if !ok {
			return // all in use
		}
		if err := l.model.Close(); err != nil {
			m.idle.Put(oldest, l, 1)
			return
		}
		delete(m.open, oldest)
	}
}

// rest notes that nobody uses a model, if that is so; a failure goes then. The caller holds mu.
func (m *models) rest(key [32]byte, l *loaded) {
	switch {
	case l.users > 0 || m.open[key] != l:
	case l.err != nil:
		delete(m.open, key)
	case l.model != nil:
		m.idle.Put(key, l, 1)
	}
}

// close frees all models.
func (m *models) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.open {
		if l.model != nil {
			l.model.Close()
		}
	}
}
