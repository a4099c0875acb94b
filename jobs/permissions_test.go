package jobs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/sightline/sightline/internal/natstest"
	"github.com/sightline/sightline/jobs/bus"
)

// TestPermissions runs a job with the permissions that the template gives, and sees what a
// worker's credentials do not open.
func TestPermissions(t *testing.T) {
	const here, elsewhere = "here_workspace", "elsewhere_workspace"
	users := map[string]bus.User{}
	entries := ""
	for _, workspace := range []string{here, elsewhere} {
		for _, role := range []bus.Role{bus.Server, bus.Worker} {
			u, err := bus.NewUser(role)
			if err != nil {
				t.Fatal(err)
			}
			users[workspace+string(role)] = u
			entries += u.Entry(workspace) + "\n"
		}
	}
	n := natstest.Start(t, "accounts { SIGHTLINE { jetstream: enabled\nusers: [\n"+entries+"] } }")
	address := func(workspace string, role bus.Role) bus.Address {
		file := filepath.Join(t.TempDir(), "seed")
		if err := os.WriteFile(file, []byte(users[workspace+string(role)].Seed), 0o600); err != nil {
			t.Fatal(err)
		}
		return bus.Address{URL: n.URL(), Credentials: file, Workspace: workspace}
	}
	serve := func(workspace string) *rig {
		queue, err := bus.NewExternal(address(workspace, bus.Server))
		if err != nil {
			t.Fatal(err)
		}
		r, err := startRigOn(queue, dbPath(t), 0, Options{Version: "7"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.close)
		return r
	}
	r := serve(here)
	serve(elsewhere)
	at := address(here, bus.Worker)
	remoteWorkerAt(t, at, "w")
	job := r.wait(t, r.submit(t, squares{Items: 20, Chunk: 5, Bulk: 2 << 20, Pad: 200_000}).ID)
	r.check(t, job)

	for name, try := range map[string]struct{ subject, publish string }{
		"what another workspace's workers ask": {subject: "sightline." + elsewhere + ".>"},
		"another workspace's answers":          {subject: "_INBOX." + elsewhere + ".>"},
		"all":                                  {subject: ">"},
		"the chunks that wait":                 {subject: "sightline." + here + ".chunk.>"},
		"what other workers send":              {subject: "sightline." + here + ".ask.>"},
		"answers to the server":                {subject: "_INBOX." + here + ".server.>"},
		"results of another workspace":         {publish: "sightline." + elsewhere + ".ask.result"},
		"chunks of another workspace":          {publish: "$JS.API.CONSUMER.MSG.NEXT.SIGHTLINE-" + elsewhere + ".workers"},
		"a chunk of its own":                   {publish: "sightline." + here + ".chunk.x.1"},
		"a word to stop":                       {publish: "sightline." + here + ".stop"},
		"removal of the stream":                {publish: "$JS.API.STREAM.DELETE.SIGHTLINE-" + here},
		"emptying it":                          {publish: "$JS.API.STREAM.PURGE.SIGHTLINE-" + here},
		"reading it":                           {publish: "$JS.API.STREAM.MSG.GET.SIGHTLINE-" + here},
		"another consumer":                     {publish: "$JS.API.CONSUMER.CREATE.SIGHTLINE-" + here},
		"a list of streams":                    {publish: "$JS.API.STREAM.NAMES"},
	} {
		if err := refusal(t, at, try.subject, try.publish); !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("%s: %v", name, err)
		}
	}
	at.Credentials = filepath.Join(t.TempDir(), "wrong")
	stranger, _ := bus.NewUser(bus.Worker)
	os.WriteFile(at.Credentials, []byte(stranger.Seed), 0o600)
	if _, err := at.Connect("stranger", bus.Worker); err == nil || !strings.Contains(err.Error(), "--nats-creds") {
		t.Errorf("a stranger gets %v", err)
	}
}

// refusal subscribes to a subject, or publishes to one, and returns what the server says of it.
func refusal(t *testing.T, at bus.Address, subscribe, publish string) error {
	t.Helper()
	said := make(chan error, 1)
	nc, err := at.Connect("curious", bus.Worker, nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
		select {
		case said <- err:
		default:
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if subscribe != "" {
		_, err = nc.SubscribeSync(subscribe)
	} else {
		err = nc.Publish(publish, []byte("{}"))
	}
	if err == nil {
		err = nc.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-said:
		return err
	case <-time.After(500 * time.Millisecond):
		return nil
	}
}
