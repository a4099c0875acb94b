package main

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/pipeline"
)

// workerVerb is what a server starts as its child; nobody types it.
func workerVerb() verb {
	return verb{name: "worker", summary: "Do the heavy work of a server (started by it)", define: func(flags *pflag.FlagSet) action {
		var memory int64
		memoryFlag(flags, &memory)
		return func(ctx context.Context, c *call) error { return pipeline.RunWorker(ctx, memory) }
	}}
}
