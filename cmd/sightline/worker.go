package main

import (
	"context"
	"time"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks"
	"github.com/sightline/sightline/worker"
)

// workerVerb is what a server starts as its child; nobody types it.
func workerVerb() verb {
	return verb{name: "worker", summary: "Do the heavy work of a server (started by it)", define: func(flags *pflag.FlagSet) action {
		var memory int64
		memoryFlag(flags, &memory)
		return func(ctx context.Context, c *call) error { return worker.Run(ctx, memory, tasks.Work) }
	}}
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
