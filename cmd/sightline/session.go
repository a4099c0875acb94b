package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/front"
	"github.com/sightline/sightline/tasks"
)

// stopTimeout is how long a verb waits for its server, or for a cancelled
// job, to come to rest.
const stopTimeout = 10 * time.Second

// session is a verb's connection to the server of its workspace. It has many methods,
// because what a verb asks and prints is one of them, in the verb's file.
type session struct {
	*client.Client
	call *call
	own  *server.Server  // the server this verb started itself, if it did
	ctx  context.Context // of the verb: ends at Ctrl-C
}

// connect reaches the running server of the workspace, or starts one in this
// process on a random loopback port that lasts as long as the verb.
func (c *call) connect(ctx context.Context, memory int64) (*session, error) {
	if s := c.running(ctx); s != nil {
		return s, nil
	}
	own, err := c.startServer(ctx, server.Options{Listen: "127.0.0.1:0", Token: front.NewToken(), Memory: memory})
	if err != nil {
		return nil, err
	}
	return c.ownSession(ctx, own), nil
}

func (c *call) ownSession(ctx context.Context, own *server.Server) *session {
	return &session{client.New(own.URL(), own.Token()), c, own, ctx}
}

// haveWorkspace refuses verbs that work on what is stored where nothing is: they leave no empty
// workspace in a folder that was chosen by mistake.
func (c *call) haveWorkspace() error {
	if _, err := os.Stat(filepath.Join(c.workspace, "sightline.duckdb")); !errors.Is(err, os.ErrNotExist) {
		return nil
	}
	at, err := filepath.Abs(c.workspace)
	if err != nil {
		at = c.workspace
	}
	return fmt.Errorf("there is no workspace at %s: go to the folder where `sightline import` ran, or name it with --workspace DIR", at)
}

// running returns a session with the workspace's running server, or nil.
func (c *call) running(ctx context.Context) *session {
	address, ok := front.Discover(c.workspace)
	if !ok {
		return nil
	}
	s := &session{client.New(address.URL, address.Token), c, nil, ctx}
	brief, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	status, err := s.Status(brief)
	if err != nil || !sameFolder(status.Workspace, c.workspace) {
		return nil // left behind by a server that was killed
	}
	return s
}

func sameFolder(a, b string) bool {
	b, err := filepath.Abs(b)
	if err != nil {
		return false
	}
	if real, err := filepath.EvalSymlinks(b); err == nil {
		b = real
	}
	if real, err := filepath.EvalSymlinks(a); err == nil {
		a = real
	}
	return a == b
}

func (c *call) startServer(ctx context.Context, o server.Options) (*server.Server, error) {
	o.Workspace, o.Version, o.Stderr = c.workspace, version, c.stderr
	o.Tasks, o.Build = tasks.Plan, build()
	return server.Start(ctx, o)
}

// Close ends the session, and the server if the verb started it.
func (s *session) Close() {
	if s.own != nil {
		s.finishOthers()
	}
	s.Client.Close()
	s.stop()
}

// linger is how long a verb that is done keeps its server for other commands
// that are connected to it and may be between two steps.
const linger = 5 * time.Second

// finishOthers waits for other commands that found this verb's server and use
// it: for their jobs to end, and a moment for them to leave.
func (s *session) finishOthers() {
	until := time.Now().Add(linger)
	for s.ctx.Err() == nil {
		list, err := s.Jobs(s.ctx)
		if err != nil {
			return
		}
		if busy := slices.IndexFunc(list, func(j api.Job) bool { return !j.State.Ended() }); busy >= 0 {
			fmt.Fprintf(s.call.stderr, "waiting for a job of another command: %s\n", list[busy].Title)
			_, _ = s.Wait(s.ctx, list[busy].ID, nil)
			until = time.Now().Add(linger)
			continue
		}
		if s.alone(until) {
			return
		}
	}
}

// alone reports whether nobody else is connected, or it is time to go.
func (s *session) alone(until time.Time) bool {
	s.Client.Close() // do not count this verb's own
	for range 10 {
		if s.own.Connections() == 0 || time.Now().After(until) {
			return true
		}
		time.Sleep(time.Millisecond)
	}
	time.Sleep(100 * time.Millisecond)
	return false
}

// stop ends the server, if the verb started it.
func (s *session) stop() {
	if s.own != nil {
		ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		if err := s.own.Close(ctx); err != nil {
			fmt.Fprintf(s.call.stderr, "stopping the server: %v\n", err)
		}
	}
}

// follow shows a job's progress until it ends; a job that does not end well is
// an error. Ctrl-C cancels the job and says how to go on.
func (s *session) follow(ctx context.Context, job api.Job) (api.Job, error) {
	show := newProgress(s.call.stderr)
	job, err := s.Wait(ctx, job.ID, show.update)
	if ctx.Err() != nil {
		return job, s.abandon(job, show)
	}
	if err != nil {
		return job, err
	}
	show.end(job)
	switch job.State {
	case api.JobDone:
		return job, nil
	case api.JobCancelled:
		return job, fmt.Errorf("the job was cancelled; what it did is kept. Run the same command again, or `sightline jobs resume %s`, to continue", job.ID)
	case api.JobInterrupted:
		return job, fmt.Errorf("the server stopped while the job ran; what it did is kept. Run the same command again to continue")
	}
	return job, errors.New(job.Error)
}

// abandon cancels a job after Ctrl-C.
func (s *session) abandon(job api.Job, show *progress) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if stopped, err := s.Cancel(ctx, job.ID); err == nil {
		job = stopped
	}
	show.end(job)
	return stopped(fmt.Sprintf("stopped: %d of %d samples are done and kept. Run the same command again, or `sightline jobs resume %s`, to continue",
		job.Done, job.Items, job.ID))
}

// stopped is the end of a command by Ctrl-C.
type stopped string

func (s stopped) Error() string { return string(s) }
func (s stopped) Unwrap() error { return context.Canceled }

// resultText reads a word out of a job's result.
func resultText(job api.Job, name string) string {
	text, _ := job.Result[name].(string)
	return text
}
