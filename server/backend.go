package server

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/console"
	"github.com/sightline/sightline/findings/tables"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/jobs/bus"
	"github.com/sightline/sightline/jobs/children"
	"github.com/sightline/sightline/server/backups"
	"github.com/sightline/sightline/server/concepts"
	"github.com/sightline/sightline/server/curation"
	"github.com/sightline/sightline/server/saliency"
	"github.com/sightline/sightline/server/similarity"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/evaluate"
	"github.com/sightline/sightline/tasks/importing"
	"github.com/sightline/sightline/tasks/inspect"
	"github.com/sightline/sightline/tasks/probe"
	"github.com/sightline/sightline/tasks/whatif"
	"github.com/sightline/sightline/workspace"
)

// backend is what the routes work on: the workspace, and the jobs that change
// it. It has many methods, because each route of this package is one of them; routes
// that need only a part of it are packages of their own (saliency, curation, …).
type backend struct {
	version    string // of Sightline
	store      *stores.Stores
	queue      bus.Bus
	jobs       *jobs.Manager
	supervisor *children.Supervisor
	tasks      *task.Server
	importing  importing.Service
	inspect    inspect.Service
	evaluating evaluate.Service
	saliency   saliency.Resources
	curation   curation.Resources
	similarity similarity.Resources
	concepts   concepts.Resources
	probing    *probe.Service
	whatif     whatif.Service
	figures    tables.Cache
	drive      *files.Waiter // for files that a route reads
	console    *console.Console
	backups    backups.Resource
	within     *client.Client // asks this server, for documents made of its answers
}

// open opens the workspace, starts the queue and the workers. What was opened is closed again
// on failure.
func (b *backend) open(ctx context.Context, o Options) error {
	queue := make(chan error, 1)
	go func() { // while the database is opened
		if o.External != nil {
			queue <- nil
			return
		}
		queue <- b.startQueue()
	}()
	var err error
	b.store, err = stores.Open(ctx, o.Workspace, workspace.Options{MemoryLimit: o.MemoryLimit})
	if failed := <-queue; err == nil {
		err = failed
	}
	if err == nil && o.External != nil {
		err = b.joinQueue(ctx, *o.External)
	}
	if err == nil {
		err = b.startJobs(ctx, o)
	}
	if err != nil {
		b.close()
	}
	return err
}

func (b *backend) startJobs(ctx context.Context, o Options) (err error) {
	log := o.log()
	jobStore, err := jobs.NewSQLStore(ctx, b.store.Workspace)
	if err != nil {
		return err
	}
	if o.RunLimit <= 0 {
		if o.RunLimit, err = task.RunLimitFromEnv(); err != nil {
			return err
		}
	}
	options := jobs.Options{Incoming: b.store.Workspace.Incoming(), Log: log, Version: o.Build,
		Sources: task.Lend(b.store, files.NewWaiter(task.ReadLimit(o.RunLimit)))}
	if o.External != nil {
		options.Replicas, options.Mixed = o.External.Replicas, o.External.Mixed
	}
	if b.jobs, err = jobs.NewManager(ctx, jobStore, b.queue, options); err != nil {
		return err
	}
	b.tasks = task.NewServer(b.store, b.jobs)
	b.tasks.Drive, b.drive = files.NewWaiter(task.ReadLimit(o.RunLimit)), files.NewWaiter(task.AnswerLimit(o.RunLimit))
	for _, k := range o.Tasks(b.tasks) {
		k.Serve(b.jobs)
	}
	b.importing, b.inspect, b.evaluating = importing.Service{Server: b.tasks}, inspect.Service{Server: b.tasks}, evaluate.Service{Server: b.tasks}
	b.saliency, b.curation = *saliency.New(b.store, b.tasks), *curation.New(b.store, b.drive, b.tasks.Objects)
	b.similarity.Use(b.tasks)
	b.concepts = *concepts.New(b.tasks)
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program for SQL: %w", err)
	}
	b.backups = backups.Resource{Workspace: b.store.Workspace, Program: program, Log: log}
	b.console = console.New(b.store.Workspace, []string{program})
	b.probing, b.whatif = probe.NewService(b.tasks), whatif.Service{Server: b.tasks}
	return b.startWorkers(o, log)
}

func (b *backend) startWorkers(o Options, log *slog.Logger) error {
	worker, err := o.workerCommand()
	if err != nil {
		return err
	}
	count := max(o.Workers, 1)
	env := []string{task.MemoryEnv(o.Memory / int64(count)), task.RunLimitEnv(o.RunLimit)}
	b.supervisor = jobs.Supervise(b.jobs, children.Options{Command: worker, Env: env, Count: count, Stderr: o.Stderr, Log: log})
	return nil
}

// resume goes on with the jobs that a former server left. One that cannot go
// on is no reason not to serve: it stays in the list, with its error.
func (b *backend) resume(ctx context.Context, log io.Writer) {
	if err := b.jobs.ResumeInterrupted(ctx); err != nil {
		fmt.Fprintf(log, "some jobs of the last run could not be resumed: %v\n", err)
	}
}

// log is what the server tells whoever runs it: what went wrong, or in JSON also what went well.
func (o Options) log() *slog.Logger {
	if o.LogJSON {
		return slog.New(slog.NewJSONHandler(o.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(o.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// workerCommand is this program with the argument worker, unless told otherwise.
func (o Options) workerCommand() ([]string, error) {
	if len(o.Worker) > 0 {
		return o.Worker, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program to start a worker: %w", err)
	}
	return []string{self, "worker"}, nil
}

// close stops in the order that loses nothing: workers are told to, jobs end, and then queue
// and store. What only takes its time goes on meanwhile: a process gives its memory back, and
// the queue waits a twentieth of a second before it ends.
func (b *backend) close() error {
	var rest sync.WaitGroup
	defer rest.Wait()
	if b.supervisor != nil {
		b.supervisor.Stop()
		rest.Go(b.supervisor.Close)
	}
	if b.jobs != nil {
		b.jobs.Close()
	}
	if b.queue != nil {
		rest.Go(b.queue.Close)
	}
	b.similarity.Close()
	if b.console != nil {
		b.console.Close()
	}
	if b.store == nil {
		return nil
	}
	return b.store.Close()
}
