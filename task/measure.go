package task

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sightline/sightline/workspace"
)

// Progress is how far a call has got.
type Progress struct {
	Done, Total int
	Rate        float64       // per second since the start
	Left        time.Duration // at that rate
}

// ProgressSince is the progress of a call that began at a moment.
func ProgressSince(started time.Time, done, total int) Progress {
	g := Progress{Done: done, Total: total}
	if seconds := time.Since(started).Seconds(); done > 0 && seconds > 0 {
		g.Rate = float64(done) / seconds
		g.Left = time.Duration(float64(total-done) / g.Rate * float64(time.Second))
	}
	return g
}

// Measured is what a worker answers to a call that takes a while: its progress, or the
// result.
type Measured[T any] struct {
	Done   int `json:"done"`
	Total  int `json:"total"`
	Result *T  `json:"result,omitempty"`
}

// Measure returns what stored knows, or else has a worker find it out, when one of
// the slots of work on demand is free. progress may be nil; it ends the work by
// returning an error.
func Measure[T any](ctx context.Context, s *Server, stored func() (*T, error), call string, request func() (any, error), progress func(Progress) error) (found *T, known bool, err error) {
	if found, err = stored(); !errors.Is(err, workspace.ErrNotFound) {
		return found, true, err
	}
	release, err := s.Acquire(ctx)
	if err != nil {
		return nil, false, err
	}
	defer release()
	if found, err = stored(); !errors.Is(err, workspace.ErrNotFound) {
		return found, true, err // found while this waited
	}
	payload, err := request()
	if err != nil {
		return nil, false, err
	}
	started := time.Now()
	err = s.Jobs.Call(ctx, call, JSON(payload), func(data []byte) error {
		var m Measured[T]
		if err := json.Unmarshal(data, &m); err != nil {
			return fmt.Errorf("read the worker's answer: %w", err)
		}
		if found = m.Result; found != nil || progress == nil {
			return nil
		}
		return progress(ProgressSince(started, m.Done, m.Total))
	})
	if err == nil && found == nil {
		err = errors.New("the worker sent no result")
	}
	return found, false, err
}
