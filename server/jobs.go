package server

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/workspace"
)

// jobPath names a job.
type jobPath struct {
	Job string `path:"id" doc:"The job"`
}

func (b *backend) jobRoutes(a huma.API) {
	route.JSON(a, "GET /api/workers", "list-workers", "List the workers that are ready, on this machine and on others", func(ctx context.Context, _ *route.None) (list api.WorkerList, err error) {
		list.Workers = wire.List(b.jobs.Roster(), wire.Worker)
		if !b.queue.Lasts() {
			list.NATS = b.queue.Address().URL
		}
		list.WorkspaceID, err = b.store.Workspace.ID(ctx, false)
		return list, err
	})
	route.JSON(a, "GET /api/jobs", "list-jobs", "List a page of the jobs, most recent first", b.listJobs)
	route.JSON(a, "GET /api/jobs/{id}", "get-job", "Describe a job", func(ctx context.Context, in *jobPath) (api.Job, error) {
		return wire.JobResult(b.jobs.Get(ctx, in.Job))
	})
	route.JSON(a, "POST /api/jobs/{id}/cancel", "cancel-job", "Stop a job; what it has done is kept", func(ctx context.Context, in *jobPath) (api.Job, error) {
		return wire.JobResult(b.jobs.Cancel(ctx, in.Job))
	})
	route.Accepted(a, "POST /api/jobs/{id}/resume", "resume-job", "Continue a job that was interrupted, cancelled or failed", func(ctx context.Context, in *jobPath) (api.Job, error) {
		return wire.JobResult(b.jobs.Resume(ctx, in.Job))
	})
	route.Streamed(a, "GET /api/jobs/{id}/events", "watch-job", "Follow a job until it ends: the event job at every change", map[string]any{"job": api.Job{}}, b.watchJob)
}

func (b *backend) listJobs(ctx context.Context, in *route.PageQuery) (out api.JobList, err error) {
	after, err := in.Place()
	if err != nil {
		return out, err
	}
	list, err := b.jobs.Page(ctx, after, in.Limit+1)
	if err != nil {
		return out, err
	}
	place := func(j jobs.Job) string { return workspace.Place{Created: j.Created, ID: j.ID}.String() }
	out.Jobs, out.Next, err = route.Paged(list, in.Limit, place, func(j jobs.Job) (api.Job, error) { return wire.Job(j), nil })
	return out, err
}

func (b *backend) watchJob(ctx context.Context, in *jobPath) (func(context.Context, func(route.Event) error), error) {
	if _, err := b.jobs.Get(ctx, in.Job); err != nil {
		return nil, err
	}
	return func(ctx context.Context, send func(route.Event) error) {
		updates, err := b.jobs.Watch(ctx, in.Job)
		if err != nil {
			return
		}
		for job := range updates {
			if send(route.Event{Name: "job", Data: wire.Job(job)}) != nil {
				return // the context ends with the request, and the watching with it
			}
		}
	}, nil
}
