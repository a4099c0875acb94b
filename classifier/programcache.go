package classifier

import (
	"sync"

	"github.com/sightline/sightline/internal/lru"
	"github.com/sightline/sightline/ort"
)

// A programCache keeps the programs that were made of a model, by name, and the
// sessions of those that were used last.
type programCache struct {
	mu       sync.Mutex
	limit    int64 // bytes that idle sessions may hold together, 0: any
	closed   bool
	programs map[string]*Program
	idle     lru.Cache[*Program, struct{}] // those with a session that nobody runs
	last     *Program                      // the one released last, which stays however large it is
}

// KeepPrograms limits the memory of programs: sessions that nobody runs are closed,
// those first that were used longest ago, until the graphs of the others, weights
// included, have at most that many bytes. They are made anew when they are run
// again. Without it all stay open.
func (c *Classifier) KeepPrograms(bytes int64) {
	s := &c.inside.programs
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = bytes
	s.trim()
}

// find returns the program of a name, made by add if there is none.
func (s *programCache) find(name string, add func() *Program) *Program {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.programs[name]
	if p == nil {
		p = add()
		p.cache = s
		if s.programs == nil {
			s.programs = map[string]*Program{}
		}
		s.programs[name] = p
	}
	return p
}

// acquire returns the program's session, which stays open until release.
func (p *Program) acquire() (*ort.Session, error) {
	if err := p.cache.acquire(p); err != nil {
		return nil, err
	}
	p.making.Lock()
	defer p.making.Unlock()
	if p.session == nil {
		if err := p.open(); err != nil {
			p.cache.release(p)
			return nil, err
		}
	}
	return p.session, nil
}

func (s *programCache) acquire(p *Program) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ort.ErrClosed
	}
	s.idle.Take(p) // what is in use is left alone: its session may just be under way
	p.users++
	return nil
}

func (s *programCache) release(p *Program) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.users--
	s.last = p
	switch {
	case p.users > 0 || p.session == nil:
	case s.closed:
		p.close()
	default:
		s.idle.Put(p, struct{}{}, p.size)
	}
	s.trim()
}

// trim closes idle sessions until the rest are within the limit.
func (s *programCache) trim() {
	for s.limit > 0 && s.idle.Size() > s.limit {
		p, _, _ := s.idle.TakeOldest()
		if p == s.last {
			s.idle.Put(p, struct{}{}, p.size)
			return
		}
		p.close()
	}
}

// close frees the session of a program that nobody uses.
func (p *Program) close() {
	if p.session != nil {
		p.session.Close()
		p.session = nil
	}
}

// close frees the sessions, those in use when they are released.
func (s *programCache) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, p := range s.programs {
		if p.users == 0 {
			p.close()
		}
	}
}
