package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// ErrNoAnswer is of a file or folder of which nothing was heard for a Waiter's limit: a
// network drive that is gone, a disk that fails.
var ErrNoAnswer = errors.New("the drive does not answer: is it connected?")

// mostLeft is how many calls nobody waits for any more there may be: each keeps a thread of
// this process for as long as its drive is silent.
const mostLeft = 64

// A Waiter makes calls of the file system that may never return, and waits for each only so
// long. What does not answer keeps its thread, and nothing else. Safe for concurrent use.
type Waiter struct {
	limit time.Duration
	left  atomic.Int32
}

// NewWaiter waits for a call as long as it gives a sign at least once in limit.
func NewWaiter(limit time.Duration) *Waiter { return &Waiter{limit: limit} }

// Limit is how long a call may give no sign.
func (w *Waiter) Limit() time.Duration { return w.limit }

// Wait makes a call, which may say by sign that it gets on, in a goroutine of its own. Where
// nothing is heard of it for the waiter's limit the error is ErrNoAnswer, and that of ctx
// where that ends first; the call must then not touch what its caller goes on to use, and late,
// unless nil, is given what it returns in the end.
func Wait[T any](ctx context.Context, w *Waiter, call func(sign func()) (T, error), late func(T)) (T, error) {
	var none T
	if w.left.Load() >= mostLeft {
		return none, fmt.Errorf("%w %d earlier calls wait for it", ErrNoAnswer, mostLeft)
	}
	p := &pending[T]{done: make(chan struct{})}
	go func() {
		p.value, p.err = call(func() { p.signs.Add(1) })
		if p.state.Add(1) == 2 { // nobody waits any more
			w.left.Add(-1)
			if late != nil && p.err == nil {
				late(p.value)
			}
		}
		close(p.done)
	}()
	err := p.wait(ctx, w.limit)
	if err == nil {
		return p.value, p.err
	}
	w.left.Add(1)
	if p.state.Add(1) == 2 { // it returned just now
		w.left.Add(-1)
		<-p.done
		return p.value, p.err
	}
	return none, err
}

// pending is a call under way.
type pending[T any] struct {
	value T
	err   error
	done  chan struct{} // closed when it has returned
	signs atomic.Int64
	state atomic.Int32 // counts: it has returned, nobody waits for it
}

func (p *pending[T]) wait(ctx context.Context, limit time.Duration) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for heard := int64(0); ; {
		select {
		case <-p.done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			now := p.signs.Load()
			if now == heard {
				return fmt.Errorf("%w (waited %v)", ErrNoAnswer, limit)
			}
			heard = now
			timer.Reset(limit)
		}
	}
}

// Stat is os.Stat.
func (w *Waiter) Stat(ctx context.Context, name string) (fs.FileInfo, error) {
	return Wait(ctx, w, func(func()) (fs.FileInfo, error) { return os.Stat(name) }, nil)
}

// folderEntries is how many entries of a folder are read at once.
const folderEntries = 1000

// ReadDir is os.ReadDir.
func (w *Waiter) ReadDir(ctx context.Context, name string) ([]fs.DirEntry, error) {
	return Wait(ctx, w, func(sign func()) (all []fs.DirEntry, err error) {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		for err == nil {
			var some []fs.DirEntry
			some, err = f.ReadDir(folderEntries)
			all = append(all, some...)
			sign()
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		return all, err
	}, nil)
}

// Read reads a file of at most so many bytes, which may be a pipe.
func (w *Waiter) Read(ctx context.Context, name string, most int64) ([]byte, error) {
	return Wait(ctx, w, func(sign func()) ([]byte, error) {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		return ReadOpen(f, info, most, sign)
	}, nil)
}

// Signing reads r and calls sign after each piece, of 1 MiB at most.
func Signing(r io.Reader, sign func()) io.Reader { return signing{r, sign} }

type signing struct {
	io.Reader
	sign func()
}

// signBytes is how much is read between two signs.
const signBytes = 1 << 20

func (r signing) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p[:min(len(p), signBytes)])
	r.sign()
	return n, err
}
