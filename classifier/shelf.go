package classifier

import (
	"sync"

	"github.com/sightline/sightline/ort"
)

// A shelf keeps the programs that were made of a model, by name, and the sessions
// of those that were used last.
type shelf struct {
	mu       sync.Mutex
	limit    int64 // bytes that sessions may hold together, 0: any
	clock    int64
	closed   bool
	programs map[string]*Program
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
func (s *shelf) find(name string, add func() *Program) *Program {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.programs[name]
	if p == nil {
		p = add()
		p.shelf = s
		if s.programs == nil {
			s.programs = map[string]*Program{}
		}
		s.programs[name] = p
	}
	return p
}

// acquire returns the program's session, which stays open until release.
func (p *Program) acquire() (*ort.Session, error) {
	if err := p.shelf.enter(p); err != nil {
		return nil, err
	}
	p.making.Lock()
	defer p.making.Unlock()
	if p.session == nil {
		if err := p.open(); err != nil {
			p.shelf.release(p)
			return nil, err
		}
	}
	return p.session, nil
}

func (s *shelf) enter(p *Program) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ort.ErrClosed
	}
	p.users++
	return nil
}

func (s *shelf) release(p *Program) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock++
	p.users, p.used = p.users-1, s.clock
	if s.closed && p.users == 0 {
		p.close()
	}
	s.trim()
}

// trim closes idle sessions until the rest are within the limit.
func (s *shelf) trim() {
	for s.limit > 0 {
		total, oldest := int64(0), (*Program)(nil)
		for _, p := range s.programs {
			// What is in use is left alone: its session may just be under way.
			if p.users > 0 || p.session == nil {
				continue
			}
			total += p.size
			if oldest == nil || p.used < oldest.used {
				oldest = p
			}
		}
		if total <= s.limit || oldest.used == s.clock {
			return
		}
		oldest.close()
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
func (s *shelf) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, p := range s.programs {
		if p.users == 0 {
			p.close()
		}
	}
}
