package work

import (
	"context"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/worker"
)

// explain answers with snapshots of a map, then with the map and its shares.
func (w half) explain(ctx context.Context, payload []byte, reply func([]byte) error) error {
	r, s, release, err := worker.Opened[explain.Request](ctx, w.Worker, payload)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var told time.Time
	m, err := Map(ctx, w.Worker, s, r, func(snapshot attribution.Snapshot) {
		if snapshot.Map != nil {
			snapshot.Map = sendable(snapshot.Map)
		} else if time.Since(told) < worker.ProgressPause {
			return
		}
		told = time.Now()
		if reply(explain.Frame{Snapshot: snapshot}.Encode()) != nil {
			cancel()
		}
	})
	if err != nil {
		return worker.Told(err)
	}
	last := explain.Frame{Snapshot: attribution.Snapshot{Map: m}, Final: true}
	if shares, err := r.Item.Where.Shares(m); err == nil { // else whoever asks for shares is told; the map is good without
		last.Shares = &maps.StoredShares{Revision: r.Revision, Shares: shares}
	}
	return reply(last.Encode())
}
