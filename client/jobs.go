package client

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sightline/sightline/server/api"
)

// Jobs lists the jobs, most recent first.
func (c *Client) Jobs(ctx context.Context) ([]api.Job, error) {
	return pages(ctx, c, path("jobs"), func(l api.JobList) ([]api.Job, string) { return l.Jobs, l.Next })
}

// Workers lists the workers that are ready.
func (c *Client) Workers(ctx context.Context) (api.WorkerList, error) {
	return get[api.WorkerList](ctx, c, path("workers"), nil)
}

// Job describes one job.
func (c *Client) Job(ctx context.Context, id string) (api.Job, error) {
	return get[api.Job](ctx, c, path("jobs", id), nil)
}

// Cancel stops a job; what it has done stays.
func (c *Client) Cancel(ctx context.Context, id string) (api.Job, error) {
	return post[api.Job](ctx, c, path("jobs", id, "cancel"), nil)
}

// Resume continues a job that was interrupted, cancelled or failed.
func (c *Client) Resume(ctx context.Context, id string) (api.Job, error) {
	return post[api.Job](ctx, c, path("jobs", id, "resume"), nil)
}

// Wait follows a job until it ends and returns it as it ended. Every change is
// given to progress, which may be nil. A job that failed is no error of Wait.
func (c *Client) Wait(ctx context.Context, id string, progress func(api.Job)) (api.Job, error) {
	for {
		job, err := c.follow(ctx, id, progress)
		if err != nil || job.State.Ended() {
			return job, err
		}
		// The stream ended before the job did: ask again, unhurriedly.
		select {
		case <-ctx.Done():
			return job, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// follow reads one stream of a job's events to its end.
func (c *Client) follow(ctx context.Context, id string, progress func(api.Job)) (api.Job, error) {
	var job api.Job
	res, err := c.send(ctx, http.MethodGet, path("jobs", id, "events"), nil, nil)
	if err != nil {
		return job, err
	}
	defer res.Body.Close()
	err = ReadEvents(res.Body, func(event string, data []byte) error {
		if event != "job" {
			return nil
		}
		job = api.Job{}
		if err := json.Unmarshal(data, &job); err != nil {
			return fmt.Errorf("reading the progress of job %s: %w", id, err)
		}
		if progress != nil {
			progress(job)
		}
		return nil
	})
	if ctx.Err() != nil {
		return job, ctx.Err()
	}
	if err != nil {
		return c.Job(ctx, id)
	}
	return job, nil
}

// ReadEvents reads a stream of server-sent events and gives each one to
// handle, until the stream ends or handle returns an error.
func ReadEvents(r io.Reader, handle func(event string, data []byte) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), 64<<20)
	event, data := "message", []byte(nil)
	for lines.Scan() {
		line := lines.Text()
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "" && data != nil:
			if err := handle(event, data); err != nil {
				return err
			}
			event, data = "message", nil
		case line == "":
			event = "message"
		case field == "event":
			event = value
		case field == "data" && data != nil:
			data = append(append(data, '\n'), value...)
		case field == "data":
			data = append([]byte{}, value...)
		}
	}
	return lines.Err()
}
