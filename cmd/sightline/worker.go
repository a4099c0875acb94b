package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/jobs/bus"
	"github.com/sightline/sightline/jobs/outpost"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks"
	"github.com/sightline/sightline/worker"
)

func workerVerb() verb {
	return verb{name: "worker", group: groupServe, summary: "Work for the server of a workspace on another machine",
		needs: "--nats URL --workspace-id ID",
		about: `The server is one that was started with ` + "`sightline serve --nats URL`" + `, which prints the
command to give here. Nothing but that NATS server must be reachable: images, models and
results travel over it, and copies of images and models are kept in --cache. Workers come
and go while jobs run; Ctrl-C or SIGTERM lets one finish what it is at.
` + "`sightline workers`" + ` lists them.

A worker of another version is refused. Settings that hold secrets are files:
--nats-creds, or its environment variable.`,
		examples: []string{"sightline worker --nats $NATS_URL --workspace-id $WORKSPACE_ID"},
		serves:   true, define: defineWorker}
}

// away is how `sightline worker` is to work.
type away struct {
	at     *bus.Address
	memory int64
	limit  time.Duration
	count  int
	name   string
	drain  time.Duration
	worker.Away
}

func defineWorker(flags *pflag.FlagSet) action {
	a := away{at: natsFlags(flags)}
	flags.StringVar(&a.at.Workspace, "workspace-id", "", "`ID` of the workspace to work for, as its server prints it")
	flags.StringVar(&a.name, "name", "", "`NAME` under which it is listed (default: that of the machine)")
	flags.IntVar(&a.count, "workers", 1, "`N` worker processes")
	flags.IntVar(&a.Cores, "cores", 0, "`N` cores that each keeps busy (default all)")
	flags.StringVar(&a.Cache, "cache", "", "`FOLDER` for copies of images and models (default: sightline in the user's cache folder)")
	a.Limit = 10 << 30
	flags.Func("cache-size", "`SIZE` that the copies may have, such as 20GB (default 10GiB)", func(text string) (err error) {
		a.Limit, err = task.ParseMemory(text)
		return err
	})
	flags.DurationVar(&a.drain, "drain", 10*time.Minute, "`TIME` that the work of the moment may take when this is to end")
	memoryFlag(flags, &a.memory)
	runLimitFlag(flags, &a.limit)
	return func(ctx context.Context, c *call) error {
		if a.at.URL == "" { // started by a server, or by the process below
			return worker.Process{Kinds: tasks.Work, Version: build(), Memory: a.memory}.Run(ctx)
		}
		return a.run(ctx, c.stderr)
	}
}

func (a away) run(ctx context.Context, stderr io.Writer) error {
	if _, err := bus.NewExternal(*a.at); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program to start a worker: %w", err)
	}
	if a.name == "" {
		a.name, _ = os.Hostname()
	}
	if err := a.chooseCache(); err != nil {
		return err
	}
	if a.limit == 0 {
		if a.limit, err = task.RunLimitFromEnv(); err != nil {
			return err
		}
	}
	return outpost.Run(ctx, outpost.Options{
		Address: *a.at, Hello: jobs.Hello{Name: a.name, Version: build()},
		Dir:     filepath.Join(filepath.Dir(a.Cache), "results"),
		Drain:   a.drain,
		Command: []string{self, "worker"},
		Env:     append(a.Environment(), task.MemoryEnv(a.memory/int64(max(1, a.count))), task.RunLimitEnv(a.limit)),
		Count:   a.count, Stderr: stderr,
		Log: slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
}

// chooseCache names the folder of copies, which lies beside that of results.
func (a *away) chooseCache() (err error) {
	if a.Cache == "" {
		if a.Cache, err = os.UserCacheDir(); err != nil {
			return fmt.Errorf("find a folder for copies of images and models: %w; name one with --cache", err)
		}
		a.Cache = filepath.Join(a.Cache, "sightline", "worker")
	}
	a.Cache, err = filepath.Abs(filepath.Join(a.Cache, "copies"))
	return err
}

// memoryFlag declares --memory.
func memoryFlag(flags *pflag.FlagSet, bytes *int64) {
	flags.Func("memory", "`SIZE` of the budget for making maps, such as 512MB or 4GiB: it bounds how many samples go into a run, and the size of the program cache (graphs that methods made of models and that wait for their next run); the models themselves come on top (default 2GiB)", func(text string) (err error) {
		*bytes, err = task.ParseMemory(text)
		return err
	})
}

// runLimitFlag declares --run-limit.
func runLimitFlag(flags *pflag.FlagSet, limit *time.Duration) {
	flags.Func("run-limit", "`TIME` such as 10m after which a run of a model that does not end is given up; models that were slow when they were added get 50 times what they took then (default: $"+task.RunLimitName+", else 2m)", func(text string) (err error) {
		*limit, err = task.ParseRunLimit(text)
		return err
	})
}
