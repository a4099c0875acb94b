package worker

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
)

// patience is how long a run of a model may take at least. A run that takes longer, and
// longer than 50 of its kind took when the model was tried, is stopped; where it does not
// stop, the worker is ended.
type patience time.Duration

// timesUsual is how many times the usual time a run may take.
const timesUsual = 50

// opening is how long opening a model may take, and anything else that gives no sign.
func (p patience) opening() time.Duration { return 5 * time.Duration(p) }

// grace is how long work may take to stop.
func (p patience) grace() time.Duration {
	return min(10*time.Second, max(time.Second, time.Duration(p)/12))
}

// Endless tells whether an error says that a run of a model did not come to an end.
func Endless(err error) bool {
	var coded *jobs.Coded
	return errors.As(err, &coded) && coded.Code == jobs.CodeStuck
}

// Watch is a classifier.Watch.
func (w *Worker) Watch(ctx context.Context, usual time.Duration, run func(context.Context) error) error {
	return w.patience.watch(ctx, usual, run)
}

// watch is a classifier.Watch.
func (p patience) watch(ctx context.Context, usual time.Duration, run func(context.Context) error) error {
	limit := max(time.Duration(p), timesUsual*usual)
	endless := &jobs.Coded{Code: jobs.CodeStuck, Message: fmt.Sprintf(
		"the model did not come to an end within %s: it may hold a loop without one; if it is only slow, give it longer with --run-limit or %s", jobs.InWords(limit), task.RunLimitName)}
	watched, cancel := context.WithTimeoutCause(ctx, limit, endless)
	defer cancel()
	defer jobs.Tell(ctx, "a run of the model", limit)()
	late := time.AfterFunc(limit+p.grace(), func() { jobs.GiveUp(ctx, endless.Message) })
	defer late.Stop()
	err := run(watched)
	if err != nil && ctx.Err() == nil && watched.Err() != nil {
		return endless
	}
	return err
}

// readLimit is how long a file is waited for.
const readLimit = time.Minute

// ErrNoAnswer is of a file that could not be read in readLimit.
var ErrNoAnswer = errors.New("the drive does not answer: is it connected?")

// patiently reads, but waits no longer than a limit or ctx. What does not answer keeps its
// thread, and nothing else.
func patiently(ctx context.Context, limit time.Duration, read func() ([]byte, error)) ([]byte, error) {
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		data, err := read()
		done <- result{data, err}
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case r := <-done:
		return r.data, r.err
	case <-timer.C:
		return nil, fmt.Errorf("%w (waited %v)", ErrNoAnswer, limit)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// mostUnanswered is how many files of a chunk may be without an answer: the drive is gone,
// and every further file would cost a minute.
const mostUnanswered = 3

// Unanswered counts the files of a chunk that nothing was heard of. Safe for concurrent use.
type Unanswered struct{ count atomic.Int32 }

// Add counts the file if its error says so; it returns Err.
func (u *Unanswered) Add(err error) error {
	if errors.Is(err, ErrNoAnswer) {
		u.count.Add(1)
	}
	return u.Err()
}

// Err ends the job where too many files were without an answer.
func (u *Unanswered) Err() error {
	if n := u.count.Load(); n >= mostUnanswered {
		return fmt.Errorf("%d files could not be read: %w Resume the job when it is", n, ErrNoAnswer)
	}
	return nil
}
