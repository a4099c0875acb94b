// Package work is the worker half of measure.
package work

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/measure"
	"github.com/sightline/sightline/worker"
	"github.com/sightline/sightline/workspace"
)

// Kind is the worker half.
func Kind(w *worker.Worker) task.Kind { return task.Kind{Name: measure.Name, Work: half{w}.chunk} }

type half struct{ *worker.Worker }

// chunk finds what the maps of a chunk say of regions. Maps that are gone are
// left out.
func (w half) chunk(ctx context.Context, t *jobs.Task) (jobs.Result, error) {
	var p measure.Payload
	if err := json.Unmarshal(t.Payload, &p); err != nil {
		return jobs.Result{}, fmt.Errorf("read a chunk of maps to measure: %w", err)
	}
	found := make([]*maps.SharesOf, len(p.Items))
	reasons := make([]error, len(p.Items))
	err := w.Each(ctx, t, len(p.Items), func(i int) {
		found[i], reasons[i] = p.Items[i].Measured(p.Revision)
	})
	if err != nil {
		return jobs.Result{}, err
	}
	var result measure.Result
	for _, f := range found {
		if f != nil {
			result.List = append(result.List, *f)
		}
	}
	path := t.File(".json")
	content := task.JSON(result)
	err = workspace.WriteSynced(path, int64(len(content)), func(f *os.File) error { return workspace.WriteParts(f, content) })
	return jobs.Result{Path: path, Failed: task.Failures(t.First, reasons)}, err
}
