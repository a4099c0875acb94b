// Package outpost keeps worker processes running on a machine that is not the server's. It
// tells the server when one dies and why, as the server's own supervisor would, so that what
// killed it is found; it outlives servers; and it lets the workers finish when it is told to
// end.
package outpost

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/jobs/bus"
	"github.com/sightline/sightline/jobs/children"
)

// Options of Run.
type Options struct {
	Address bus.Address
	Hello   jobs.Hello    // name and version count
	Dir     string        // folder of folders, one for each process, where workers make their results
	Drain   time.Duration // how long they may go on when they are to end
	Command []string      // program and arguments of a worker
	Env     []string      // added to this process's environment
	Count   int           // workers at once
	Stderr  io.Writer
	Log     *slog.Logger
}

// Run keeps workers at work until ctx ends, and returns when they have finished. The error is of
// what no patience mends: an address or credentials that are wrong, a server of another version.
func Run(ctx context.Context, o Options) error {
	removeStale(o.Dir)
	o.Dir = filepath.Join(o.Dir, strconv.Itoa(os.Getpid()))
	defer os.RemoveAll(o.Dir)
	nc, err := o.Address.Connect("outpost-"+o.Hello.Name, bus.Worker, bus.Forever)
	if err != nil {
		return err
	}
	defer nc.Close()
	err = jobs.Join(ctx, nc, o.Address, o.Hello, func() {
		fmt.Fprintln(o.Stderr, "no server serves this workspace at the moment; waiting for one")
	})
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(o.Stderr, "this machine works for workspace %s as %s; Ctrl-C or SIGTERM lets it finish what it is at, and end\n", o.Address.Workspace, o.Hello.Name)
	s := children.Supervise(o.children(nc))
	<-ctx.Done()
	fmt.Fprintln(o.Stderr, "finishing what is in work")
	s.Drain(o.Drain)
	return nil
}

// removeStale removes the folders of outposts that were killed.
func removeStale(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil && syscall.Kill(pid, 0) == syscall.ESRCH {
			os.RemoveAll(filepath.Join(dir, e.Name()))
		}
	}
}

func (o Options) children(nc *nats.Conn) children.Options {
	return children.Options{Command: o.Command, Env: o.Env, Count: o.Count, Stderr: o.Stderr, Log: o.Log,
		Given: func(worker string) []string {
			if err := os.MkdirAll(o.incoming(worker), 0o700); err != nil {
				o.Log.Error("a worker has no folder for its results", "err", err)
			}
			return jobs.RemoteEnvironment(o.Address, worker, o.Hello.Name, o.incoming(worker))
		},
		Lost: func(worker, reason string) bool {
			os.RemoveAll(o.incoming(worker))
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			return jobs.ReportLost(ctx, nc, o.Address, worker, reason)
		}}
}

// incoming is a worker's own folder.
func (o Options) incoming(worker string) string { return filepath.Join(o.Dir, worker) }
