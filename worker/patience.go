package worker

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/sightline/sightline/blobs"
	"github.com/sightline/sightline/internal/files"
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

const advice = "give it longer with --run-limit or " + task.RunLimitName

// tooLong is the error of something that was given up because it took longer than its limit.
func tooLong(what string, limit time.Duration) error {
	return &jobs.Coded{Code: jobs.CodeStuck, Message: fmt.Sprintf("%s takes longer than %s: %s", what, jobs.InWords(limit), advice)}
}

// Watch is a classifier.Watch.
func (w *Worker) Watch(ctx context.Context, usual time.Duration, run func(context.Context) error) error {
	return w.patience.watch(ctx, usual, run)
}

// watch is a classifier.Watch.
func (p patience) watch(ctx context.Context, usual time.Duration, run func(context.Context) error) error {
	limit := max(time.Duration(p), timesUsual*usual)
	endless := &jobs.Coded{Code: jobs.CodeStuck, Message: fmt.Sprintf(
		"the model did not come to an end within %s: it may hold a loop without one; if it is only slow, %s", jobs.InWords(limit), advice)}
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

// mostEndless is how many images of a chunk may cost a run's whole limit. Beyond it the
// model is to blame, not the images.
const mostEndless = 3

// Unending counts the images of a chunk on which the model did not come to an end. Safe for
// concurrent use.
type Unending struct{ count atomic.Int32 }

// Add counts an image if err says so of it. The error it returns ends the job: there were too
// many.
func (u *Unending) Add(file string, err error) error {
	if !Endless(err) {
		return nil
	}
	if n := u.count.Add(1); n >= mostEndless {
		return fmt.Errorf("on %d images, the last of them %s: %w", n, file, err)
	}
	return nil
}

// mostUnanswered is how many files of a chunk may be without an answer: the drive is gone,
// and every further file would cost as long again.
const mostUnanswered = 3

// Unanswered counts the files of a chunk that nothing was heard of. Safe for concurrent use.
type Unanswered struct {
	count atomic.Int32
	store atomic.Pointer[error] // of an object store that answers nobody, or not us
}

// Add counts the file if its error says so; it returns Err.
func (u *Unanswered) Add(err error) error {
	switch {
	case blobs.Ends(err):
		u.store.CompareAndSwap(nil, &err)
	case errors.Is(err, files.ErrNoAnswer), errors.Is(err, blobs.ErrBusy):
		if u.count.Add(1) >= mostUnanswered && errors.Is(err, blobs.ErrBusy) {
			u.store.CompareAndSwap(nil, &err)
		}
	}
	return u.Err()
}

// Err ends the job where too many files were without an answer, or no other will have one.
func (u *Unanswered) Err() error {
	if err := u.store.Load(); err != nil {
		return fmt.Errorf("%w. Resume the job then", *err)
	}
	if n := u.count.Load(); n >= mostUnanswered {
		return fmt.Errorf("%d files could not be read: %w Resume the job when it is", n, files.ErrNoAnswer)
	}
	return nil
}
