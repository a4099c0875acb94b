package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/blobs/s3"
	"github.com/sightline/sightline/checkup"
	"github.com/sightline/sightline/jobs/bus"
)

func doctorVerb() verb {
	return verb{name: "doctor", group: groupServe, summary: "Try whether a workspace is whole, or whether a NATS server or an object store will do",
		about: `Without flags it looks at the workspace, which must not be served meanwhile: whether every file
that the database names is there and has the right form. --read-data reads all of them, and every
row, and compares them with their checksums: one bit that has turned is found. Nothing is changed.
With --nats it connects, makes a stream, sends a message through it, removes the stream, and
compares the clocks. With credentials that hold for one workspace only, name it with
--workspace-id. With --s3 it lists what is there, and reads the first object and a part of it.
What is bad is said with what to do; the exit code is then 1.`,
		examples: []string{"sightline doctor", "sightline doctor --read-data", "sightline doctor --nats $NATS_URL", "sightline doctor --s3 s3://photos/groceries"},
		define:   defineDoctor}
}

func defineDoctor(flags *pflag.FlagSet) action {
	var d doctor
	d.nats = natsFlags(flags)
	flags.StringVar(&d.nats.Workspace, "workspace-id", "sightline_doctor", "`ID` of the workspace that the credentials are for; its server must not run")
	flags.StringVar(&d.s3, "s3", "", "`s3://BUCKET/PREFIX` of images, as import has it")
	placeFlags(flags, &d.place)
	flags.BoolVar(&d.readData, "read-data", false, "read all of the workspace and compare it with its checksums")
	return d.run
}

type doctor struct {
	nats     *bus.Address
	s3       string
	place    s3.Place
	readData bool
}

// examined is what was found out about something.
type examined struct {
	What string `json:"what"`
	Said string `json:"said"`
	Bad  bool   `json:"bad"`
}

func (d *doctor) run(ctx context.Context, c *call) error {
	if d.nats.URL == "" && d.s3 == "" {
		p := newProgress(c.stderr)
		list, err := checkup.Run(ctx, c.workspace, checkup.Options{ReadData: d.readData, Note: func(what string, done, of int) {
			p.note(fmt.Sprintf("%s: %d of %d", what, done, of))
		}})
		p.clear()
		return tellAll(c, list, err, func(f checkup.Finding) examined { return examined(f) }, "restore a backup, or remove what is damaged and make it again")
	}
	if d.readData {
		return errors.New("--read-data is of a workspace: give it without --nats and --s3")
	}
	var failed []error
	if d.nats.URL != "" {
		_, err := bus.NewExternal(*d.nats)
		if err != nil {
			return err
		}
		list, err := bus.Examine(ctx, *d.nats)
		failed = append(failed, tellAll(c, list, err, func(f bus.Finding) examined { return examined(f) }, ""))
	}
	if d.s3 != "" {
		at, err := placed(d.s3, d.place)
		if err != nil {
			return err
		}
		list, err := s3.Examine(ctx, at)
		failed = append(failed, tellAll(c, list, err, func(f s3.Finding) examined { return examined(f) }, ""))
	}
	return errors.Join(failed...)
}

// tellAll prints what was found out; what is bad is an error, with what to do about it.
func tellAll[T any](c *call, found []T, err error, one func(T) examined, advice string) error {
	if err != nil {
		return err
	}
	bad := 0
	list := make([]examined, len(found))
	t := newTable("what", "", "found")
	for i, f := range found {
		list[i] = one(f)
		verdict := "ok"
		if list[i].Bad {
			verdict, bad = "bad", bad+1
		}
		t.row(list[i].What, verdict, list[i].Said)
	}
	if c.json {
		if err := c.document(map[string]any{"findings": list}); err != nil {
			return err
		}
	} else {
		t.write(c.stdout)
	}
	switch {
	case bad == 0:
		return nil
	case advice != "":
		return fmt.Errorf("%d of %d are bad: %s", bad, len(list), advice)
	}
	return fmt.Errorf("%d of %d are bad", bad, len(list))
}
