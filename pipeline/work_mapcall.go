package pipeline

import (
	"context"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/worker"
)

// explain answers with snapshots of a map, then with the map.
func (w *processor) explain(ctx context.Context, payload []byte, reply func([]byte) error) error {
	r, s, release, err := worker.Opened[explainRequest](w.Worker, payload)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var told time.Time
	m, err := w.explainOne(ctx, s, r, func(snapshot attribution.Snapshot) {
		if snapshot.Map != nil {
			snapshot.Map = sendable(snapshot.Map)
		} else if time.Since(told) < progressPause {
			return
		}
		told = time.Now()
		if reply(frame{snapshot, false}.encode()) != nil {
			cancel()
		}
	})
	if attribution.Unfit(err) {
		return &jobs.Coded{Code: task.CodeUnfit, Message: err.Error()}
	}
	if err != nil {
		return err
	}
	return reply(frame{attribution.Snapshot{Map: m}, true}.encode())
}
