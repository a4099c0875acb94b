package worker

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"sync"
	"time"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/jobs"
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
	programs int64 // bytes that the idle programs of one model may hold, 0: any
	mu       sync.Mutex
	open     map[[32]byte]*loaded
}

// loaded is a model, opened by whoever asked first.
type loaded struct {
	once  sync.Once
	model *classifier.Classifier
	err   error
	users int
	used  time.Time
}

func newModels(keep int, programs int64, p patience) *models {
	return &models{keep: keep, programs: programs, patience: p, open: map[[32]byte]*loaded{}}
}

// acquire returns the model of a specification; call release when done with it.
func (m *models) acquire(ctx context.Context, spec json.RawMessage) (c *classifier.Classifier, release func(), err error) {
	key := sha256.Sum256(spec)
	m.mu.Lock()
	l := m.open[key]
	if l == nil {
		l = &loaded{}
		m.open[key] = l
	}
	l.users++
	m.mu.Unlock()
	ended := jobs.Tell(ctx, "opening the model", m.patience.opening())
	l.once.Do(func() { l.model, l.err = m.load(spec) })
	ended()
	if l.err != nil {
		m.release(key, l)
		return nil, nil, l.err
	}
	return l.model, func() { m.release(key, l) }, nil
}

func (m *models) load(spec json.RawMessage) (*classifier.Classifier, error) {
	s, err := classifier.ParseSpec(spec)
	if err != nil {
		return nil, err
	}
	c, err := classifier.Open(s, SessionThreads)
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
	l.used = time.Now()
	if l.err != nil && l.users == 0 && m.open[key] == l {
		delete(m.open, key)
	}
	for len(m.open) > m.keep {
		oldest := m.oldest()
		if oldest == nil {
			return // all in use
		}
		if err := m.open[*oldest].model.Close(); err != nil {
			return
		}
		delete(m.open, *oldest)
	}
}

// oldest is the idle model that was used longest ago.
func (m *models) oldest() (key *[32]byte) {
	for k, l := range m.open {
		if l.users == 0 && l.model != nil && (key == nil || l.used.Before(m.open[*key].used)) {
			key = &k
		}
	}
	return key
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
