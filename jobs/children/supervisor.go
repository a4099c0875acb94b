// Package children keeps worker processes running as children of the server: it starts them,
// starts others in place of those that die, tells why they died, and sees to it that none
// outlives the server. It knows nothing of what they work on.
package children

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Options say which child to start, and who hears of its end. Command, Given and Lost are
// required.
type Options struct {
	Command []string // program and arguments, e.g. this binary and "worker"
	Env     []string // added to this process's environment
	Count   int      // workers at once; default 1
	Stderr  io.Writer
	Log     *slog.Logger

	// Given is what the worker of that name gets through its environment besides.
	Given func(worker string) []string
	// Lost hears that a worker ended, and why, and tells whether it had been ready for work.
	Lost func(worker, reason string) (wasReady bool)
}

// Supervisor keeps worker processes running as children of the server. A child
// has a pipe as standard input whose end of file means that the server is gone.
type Supervisor struct {
	opts  Options
	stop  chan struct{}
	once  sync.Once
	drain atomic.Bool // nobody is started in place of who ends
	loops sync.WaitGroup

	mu       sync.Mutex
	children map[string]*os.Process
}

const (
	backoffMost = 5 * time.Second
	stopWait    = 3 * time.Second
)

// Supervise starts the workers; they come up in the background.
func Supervise(opts Options) *Supervisor {
	opts.Count = max(opts.Count, 1)
	if opts.Stderr == nil {
		opts.Stderr = io.Discard
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	s := &Supervisor{opts: opts, stop: make(chan struct{}), children: map[string]*os.Process{}}
	for range opts.Count {
		s.loops.Go(s.loop)
	}
	return s
}

// loop starts one worker after the other.
func (s *Supervisor) loop() {
	// Pdeathsig is sent when the thread that started the child ends, so this
	// goroutine keeps its thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	backoff := time.Duration(0)
	for {
		id := newID()
		err := s.runOne(id)
		if s.stopping() || s.drain.Load() {
			return
		}
		s.opts.Log.Warn("a worker ended and is started again", "worker", id, "err", err)
		wasReady := s.opts.Lost(id, err.Error())
		if backoff = nextBackoff(backoff, wasReady); !s.rest(backoff) {
			return
		}
	}
}

// newID names a worker that is started.
func newID() string {
	var b [4]byte
	rand.Read(b[:]) // never fails since Go 1.24
	return "worker-" + hex.EncodeToString(b[:])
}

// nextBackoff doubles the pause before a restart while workers do not even get
// ready. One that dies at work is replaced at once: bisection ends that.
func nextBackoff(last time.Duration, wasReady bool) time.Duration {
	if wasReady {
		return 0
	}
	return min(max(2*last, 50*time.Millisecond), backoffMost)
}

func (s *Supervisor) rest(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-s.stop:
		return false
	}
}

func (s *Supervisor) stopping() bool {
	select {
	case <-s.stop:
		return true
	default:
		return false
	}
}

// runOne starts a worker and waits for its end, which is always an error.
func (s *Supervisor) runOne(id string) error {
	last := &epitaph{}
	cmd := exec.Command(s.opts.Command[0], s.opts.Command[1:]...)
	cmd.Env = append(append(os.Environ(), s.opts.Env...), s.opts.Given(id)...)
	cmd.Stderr = io.MultiWriter(s.opts.Stderr, last)
	cmd.SysProcAttr = childAttributes()
	lifeline, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("make a worker's life-line: %w", err)
	}
	defer lifeline.Close()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start a worker: %w", err)
	}
	s.adopt(id, cmd.Process)
	done := make(chan struct{})
	go func() { // closing the life-line is the request to stop
		select {
		case <-s.stop:
			lifeline.Close()
			select {
			case <-time.After(stopWait):
				cmd.Process.Kill()
			case <-done:
			}
		case <-done:
		}
	}()
	err = cmd.Wait()
	close(done)
	s.adopt(id, nil)
	return describeExit(err, last.String())
}

func (s *Supervisor) adopt(id string, p *os.Process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p == nil {
		delete(s.children, id)
		return
	}
	s.children[id] = p
}

// Processes lists the process ids of the workers.
func (s *Supervisor) Processes() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []int
	for _, p := range s.children {
		list = append(list, p.Pid)
	}
	return list
}

// Drain asks the workers to finish what they are at (SIGTERM), waits for that as long as limit
// allows, and then stops.
func (s *Supervisor) Drain(limit time.Duration) {
	s.drain.Store(true)
	s.mu.Lock()
	for _, p := range s.children {
		_ = p.Signal(syscall.SIGTERM)
	}
	s.mu.Unlock()
	defer time.AfterFunc(limit, s.Stop).Stop()
	s.loops.Wait()
}

// Stop tells the workers to stop, and starts no more.
func (s *Supervisor) Stop() { s.once.Do(func() { close(s.stop) }) }

// Close is Stop, and waits until they have ended, for stopWait at most.
func (s *Supervisor) Close() {
	s.Stop()
	s.loops.Wait()
}

// describeExit says in one line how a worker ended.
func describeExit(err error, stderr string) error {
	if err == nil {
		return errors.New("it ended by itself")
	}
	if exit, ok := err.(*exec.ExitError); ok && !exit.Exited() {
		return err // killed by a signal: its last words are not about that
	}
	if stderr == "" {
		return err
	}
	return fmt.Errorf("%w: %s", err, stderr)
}
