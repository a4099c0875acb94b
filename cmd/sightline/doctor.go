package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/jobs/bus"
)

func doctorVerb() verb {
	return verb{name: "doctor", group: groupServe, needs: "--nats URL", summary: "Try whether a NATS server will do as a queue",
		about: `It connects, makes a stream, sends a message through it, removes the stream, and compares the
clocks. What keeps ` + "`sightline serve --nats`" + ` from working is said with what to do; the exit code is
then 1. With credentials that hold for one workspace only, name it with --workspace-id.`,
		examples: []string{"sightline doctor --nats $NATS_URL"}, define: func(flags *pflag.FlagSet) action {
			at := natsFlags(flags)
			flags.StringVar(&at.Workspace, "workspace-id", "sightline_doctor", "`ID` of the workspace that the credentials are for; its server must not run")
			return func(ctx context.Context, c *call) error {
				if at.URL == "" {
					return errors.New("--nats URL says which server to try")
				}
				if _, err := bus.NewExternal(*at); err != nil {
					return err
				}
				list, err := bus.Examine(ctx, *at)
				if err != nil {
					return err
				}
				return c.tell(list)
			}
		}}
}

func (c *call) tell(list []bus.Finding) error {
	bad := 0
	t := newTable("what", "", "found")
	for _, f := range list {
		verdict := "ok"
		if f.Bad {
			verdict, bad = "bad", bad+1
		}
		t.row(f.What, verdict, f.Said)
	}
	if c.json {
		if err := c.document(map[string]any{"findings": list}); err != nil {
			return err
		}
	} else {
		t.write(c.stdout)
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d are bad", bad, len(list))
	}
	return nil
}
