package jobs

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"
)

// CodeStuck is the code of the error of work that was given up because it did not end.
const CodeStuck = "stuck"

// underway is a chunk or a call that a worker is at. The context of its handler leads to it.
type underway struct {
	worker *Worker
	id     string // of the claim or call
	task   *Task  // nil for a call
	asker  string // where a call is answered, "" for a chunk

	mu      sync.Mutex
	sign    time.Time // when it was last heard to get on
	waiting int       // waits for others, which are no silence
	ended   sync.Once // giving it up
	rested  sync.Once
	over    chan struct{} // closed when the handler has returned
}

type underwayKey struct{}

func underwayOf(ctx context.Context) *underway {
	u, _ := ctx.Value(underwayKey{}).(*underway)
	return u
}

// IsCall tells whether ctx is that of a call, which somebody waits for.
func IsCall(ctx context.Context) bool {
	u := underwayOf(ctx)
	return u != nil && u.task == nil
}

// Alive tells that the work of ctx gets on. Reports, replies and the ends of what Tell
// tells do so too.
func Alive(ctx context.Context) {
	if u := underwayOf(ctx); u != nil {
		u.alive()
	}
}

// GiveUp ends this worker process: what ctx is the work of does not stop. Its asker or
// job is told the reason. What else the worker does is done by another, and not held
// against it.
func GiveUp(ctx context.Context, reason string) {
	if u := underwayOf(ctx); u != nil {
		u.giveUp(reason)
	}
}

const (
	tellFirst = 15 * time.Second
	tellAgain = 15 * time.Second
)

// Tell notes in the job, if ctx is a chunk's, that something takes long, from a quarter of
// its limit or 15 s on, until end is called.
func Tell(ctx context.Context, what string, limit time.Duration) (end func()) {
	u := underwayOf(ctx)
	if u == nil {
		return func() {}
	}
	began, told := time.Now(), false
	var mu sync.Mutex
	var timer *time.Timer
	mu.Lock()
	defer mu.Unlock()
	timer = time.AfterFunc(min(tellFirst, limit/4), func() {
		mu.Lock()
		defer mu.Unlock()
		if timer == nil {
			return
		}
		told = true
		u.note(fmt.Sprintf("%s takes %s so far; it is given up after %s", what, InWords(time.Since(began)), InWords(limit)))
		timer.Reset(min(tellAgain, limit/4))
	})
	return func() {
		mu.Lock()
		defer mu.Unlock()
		timer.Stop()
		timer = nil
		u.alive()
		if told {
			u.note("")
		}
	}
}

// InWords is a span of time for people: 45 s, 2 min, 2 min 30 s.
func InWords(d time.Duration) string {
	seconds := int(d.Round(time.Second).Seconds())
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case seconds < 60:
		return fmt.Sprintf("%d s", seconds)
	case seconds%60 == 0:
		return fmt.Sprintf("%d min", seconds/60)
	}
	return fmt.Sprintf("%d min %d s", seconds/60, seconds%60)
}

func (u *underway) alive() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sign = time.Now()
}

// note shows a message in the chunk's job; "" takes it away.
func (u *underway) note(message string) {
	if t := u.task; t != nil {
		u.worker.publish(subjectProgress, progressNote{Job: t.Job, Seq: t.Seq, Claim: u.id, Done: int(t.done.Load()), Note: &message})
	}
}

// wait notes that the work waits for others, until the returned function is called.
func (u *underway) wait() (over func()) {
	if u == nil {
		return func() {}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.waiting++
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.waiting--
		u.sign = time.Now()
	}
}

// rest ends the watch: the handler has returned.
func (u *underway) rest() { u.rested.Do(func() { close(u.over) }) }

func (u *underway) silent(now time.Time) time.Duration {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.waiting > 0 {
		return 0
	}
	return now.Sub(u.sign)
}

// attend gives the work up where it does not stop although it was told to, or has given
// no sign for too long.
func (u *underway) attend(ctx context.Context) {
	limits := u.worker.config
	tick := time.NewTicker(max(limits.Grace/8, 20*time.Millisecond))
	defer tick.Stop()
	var stopped time.Time
	for {
		select {
		case <-u.over:
			return
		case now := <-tick.C:
			switch {
			case ctx.Err() == nil:
				if silent := u.silent(now); silent > limits.Silence {
					u.giveUp("it gave no sign for " + InWords(silent))
				}
			case stopped.IsZero():
				stopped = now
			case now.Sub(stopped) > limits.Grace:
				u.giveUp("it did not stop when it was told to")
			}
		}
	}
}

// exitStuck is the exit status of a worker whose work does not stop.
const exitStuck = 3

func (u *underway) giveUp(reason string) {
	u.ended.Do(func() {
		w := u.worker
		if u.asker != "" {
			w.fail(u.asker, &Coded{Code: CodeStuck, Message: reason})
		}
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		w.request(ctx, subjectStuck, stuckNote{Worker: w.config.ID, ID: u.id, Reason: reason}, &struct{}{})
		w.nc.FlushTimeout(time.Second)
		fmt.Fprintln(os.Stderr, "worker ended: "+reason)
		os.Exit(exitStuck) // native code has no other end
	})
}
