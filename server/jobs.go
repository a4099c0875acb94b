package server

import (
	"context"
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/workspace"
)

// jobPath names a job.
type jobPath struct {
	Job string `path:"id" doc:"The job"`
}

func (b *backend) jobRoutes(a huma.API) {
	route(a, "GET /api/jobs", "list-jobs", "List a page of the jobs, most recent first", b.listJobs)
	route(a, "GET /api/jobs/{id}", "get-job", "Describe a job", func(ctx context.Context, in *jobPath) (api.Job, error) {
		return jobResult(b.jobs.Get(ctx, in.Job))
	})
	route(a, "POST /api/jobs/{id}/cancel", "cancel-job", "Stop a job; what it has done is kept", func(ctx context.Context, in *jobPath) (api.Job, error) {
		return jobResult(b.jobs.Cancel(ctx, in.Job))
	})
	accepted(a, "POST /api/jobs/{id}/resume", "resume-job", "Continue a job that was interrupted, cancelled or failed", func(ctx context.Context, in *jobPath) (api.Job, error) {
		return jobResult(b.jobs.Resume(ctx, in.Job))
	})
	streamed(a, "GET /api/jobs/{id}/events", "watch-job", "Follow a job until it ends: the event job at every change", map[string]any{"job": api.Job{}}, b.watchJob)
}

func (b *backend) listJobs(ctx context.Context, in *pageQuery) (out api.JobList, err error) {
	after, err := in.place()
	if err != nil {
		return out, err
	}
	list, err := b.jobs.Page(ctx, after, in.Limit+1)
	if err != nil {
		return out, err
	}
	place := func(j jobs.Job) string { return workspace.Place{Created: j.Created, ID: j.ID}.String() }
	out.Jobs, out.Next, err = paged(list, in.Limit, place, func(j jobs.Job) (api.Job, error) { return toJob(j), nil })
	return out, err
}

func (b *backend) watchJob(ctx context.Context, in *jobPath) (func(context.Context, func(event) error), error) {
	if _, err := b.jobs.Get(ctx, in.Job); err != nil {
		return nil, err
	}
	return func(ctx context.Context, send func(event) error) {
		updates, err := b.jobs.Watch(ctx, in.Job)
		if err != nil {
			return
		}
		for job := range updates {
			if send(event{"job", toJob(job)}) != nil {
				return // the context ends with the request, and the watching with it
			}
		}
	}, nil
}

func jobResult(job jobs.Job, err error) (api.Job, error) { return toJob(job), err }

// toJob is a job as it travels.
func toJob(j jobs.Job) api.Job {
	out := api.Job{
		ID: j.ID, Kind: j.Kind, Title: j.Title, State: api.JobState(j.State),
		Items: j.Items, Done: j.Done, Failed: j.Failed, Rate: j.Rate, ETASeconds: j.ETASeconds,
		Created: j.Created, Started: someTime(j.Started), Finished: someTime(j.Finished), Message: j.Message, Error: j.Error,
	}
	if len(j.Result) > 0 {
		_ = json.Unmarshal(j.Result, &out.Result) // an object, written by the kind of work
	}
	return out
}

func someTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// convert applies f to every element; the result is never nil, so that it
// travels as a list.
func convert[A, B any](list []A, f func(A) B) []B {
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}
