package wire

import (
	"encoding/json"
	"time"

	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/server/api"
)

// Job is a job as it travels.
func Job(j jobs.Job) api.Job {
	out := api.Job{
		ID: j.ID, Kind: j.Kind, Title: j.Title, State: api.JobState(j.State),
		Items: j.Items, Done: j.Done, Failed: j.Failed, Rate: j.Rate, ETASeconds: j.ETASeconds,
		Created: j.Created, Started: someTime(j.Started), Finished: someTime(j.Finished), Message: j.Message, Error: j.Error, Arithmetic: j.Arithmetic,
	}
	if len(j.Result) > 0 {
		_ = json.Unmarshal(j.Result, &out.Result) // an object, written by the kind of work
	}
	return out
}

// Worker is a worker as the API tells of it.
func Worker(w jobs.WorkerState) api.Worker {
	return api.Worker{ID: w.ID, Name: w.Name, Remote: w.Remote, Kind: w.Kind, Device: w.Device, Version: w.Version, Cores: w.Cores, Memory: w.Memory,
		Since: w.Since, Chunks: w.Chunks, Items: w.Items, Rate: w.Rate}
}

func someTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// JobResult is an answer that is a job, or why there is none.
func JobResult(job jobs.Job, err error) (api.Job, error) { return Job(job), err }
