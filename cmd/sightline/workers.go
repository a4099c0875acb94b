package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/server/api"
)

func workersVerb() verb {
	return verb{name: "workers", group: groupServe, summary: "List the workers of the workspace, with what they get done",
		about: `Those on other machines are started with ` + "`sightline worker`" + `. Workers of one kind give the
same results to the bit.`,
		examples: []string{"sightline workers"}, define: func(*pflag.FlagSet) action {
			return func(ctx context.Context, c *call) error {
				return withSession(ctx, c, func(s *session) error {
					list, err := s.Workers(ctx)
					if err != nil {
						return err
					}
					if c.json {
						return c.document(list)
					}
					printWorkers(c, list)
					return nil
				})
			}
		}}
}

func printWorkers(c *call, of api.WorkerList) {
	if len(of.Workers) == 0 {
		fmt.Fprintln(c.stdout, "no worker is ready yet")
	} else {
		tableOfWorkers(c, of.Workers)
	}
	if of.NATS != "" {
		fmt.Fprintf(c.stdout, "\nOther machines join with: sightline worker --nats %s --workspace-id %s\n", of.NATS, of.WorkspaceID)
	}
}

func tableOfWorkers(c *call, list []api.Worker) {
	t := newTable("machine", "where", "\tcores", "\tin work", "\tdone", "\tper second", "kind")
	for _, w := range list {
		where := "here"
		if w.Remote {
			where = "elsewhere"
		}
		t.row(w.Name, where, w.Cores, w.Chunks, w.Items, perSecond(w.Rate), w.Kind)
	}
	t.write(c.stdout)
}
