package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/server"
	"github.com/sightline/sightline/server/front"
	"github.com/sightline/sightline/ui"
)

func serveVerb() verb {
	return verb{name: "serve", group: groupServe, serves: true,
		summary: "Serve the web interface and the HTTP API of a workspace",
		about: `By default only this machine can connect. --listen HOST:PORT opens the server
to others; then every request needs a token, which is in the address that is
printed. Scripts send it as ` + "`Authorization: Bearer TOKEN`" + `. Jobs that an earlier
server left unfinished go on.

Behind a proxy, --allow-host names what the browser's address shows, and --base-path
the path before Sightline's own, whether the proxy strips it or not. How to set up
nginx, Caddy, JupyterHub, SSH and containers: docs/proxy.md.

--nats meets workers on other machines at a NATS server with JetStream that runs
already (` + "`sightline worker`" + `); they need no folder of this one. How to go from one
machine to ten: docs/cluster.md.`,
		examples: []string{"sightline serve", "sightline serve --listen 0.0.0.0:0", "sightline serve --nats $NATS_URL", "sightline serve --base-path /sightline --allow-host lab.example.org"},
		define:   defineServe}
}

func defineServe(flags *pflag.FlagSet) action {
	o := serveFlags(flags)
	external := externalFlags(flags)
	flags.BoolVar(&o.LogJSON, "log-json", false, "write the log to standard error as JSON, a line per event, with job, chunk and worker")
	return func(ctx context.Context, c *call) error {
		o.Resume, o.External = true, external()
		s, err := c.startServer(ctx, *o)
		if err != nil {
			return err
		}
		return c.serve(ctx, s, nil)
	}
}

// tokenVariable is the environment variable that holds the token.
const tokenVariable = "SIGHTLINE_TOKEN"

// serving is how a verb that serves does it.
type serving = server.Options

// serveFlags are the flags of every verb that serves.
func serveFlags(flags *pflag.FlagSet) *serving {
	o := &serving{}
	flags.StringVar(&o.Listen, "listen", front.DefaultListen, "`HOST:PORT` to listen on; port 0 takes a free one; beyond this machine a token is asked for")
	flags.StringVar(&o.Token, "token", os.Getenv(tokenVariable), "`SECRET` that requests must show (default: $"+tokenVariable+"; none on this machine, else a random one); other users see it in the list of processes: rather use the variable or --token-file")
	flags.Lookup("token").DefValue = "" // help must not print it
	flags.Func("token-file", "`FILE` whose first line is the token", func(name string) error {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		line, _, _ := strings.Cut(string(data), "\n")
		if o.Token = strings.TrimSpace(line); o.Token == "" {
			return fmt.Errorf("%s begins with an empty line", name)
		}
		return nil
	})
	flags.StringVar(&o.BasePath, "base-path", "", "`PATH` before Sightline's own in the addresses that a proxy shows, such as /sightline")
	flags.StringSliceVar(&o.AllowHosts, "allow-host", nil, "`HOST` (NAME or NAME:PORT) under which a proxy shows the server; may be repeated")
	memoryFlag(flags, &o.Memory)
	runLimitFlag(flags, &o.RunLimit)
	flags.StringVar(&o.MemoryLimit, "database-memory", "", "`SIZE` of the most memory that DuckDB takes, such as 1GB (default 512MB)")
	flags.IntVar(&o.Workers, "workers", 0, "`N` worker processes (default 1)")
	return o
}

// serve prints the address and runs until Ctrl-C. extra joins the JSON document.
func (c *call) serve(ctx context.Context, s *server.Server, extra map[string]any) error {
	defer c.ownSession(ctx, s).stop()
	if c.json {
		document := map[string]any{"url": s.URL(), "address": withToken(s.URL(), s), "proxied": s.Proxied(), "workspace": s.Workspace()}
		if at := s.Queue(); at.URL != "" {
			document["nats"], document["workspace_id"] = at.URL, at.Workspace
		}
		for name, value := range extra {
			document[name] = value
		}
		if err := c.document(document); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(c.stdout, "Sightline is at %s\n", withToken(s.URL(), s))
		if elsewhere := s.Elsewhere(); elsewhere != "" {
			fmt.Fprintf(c.stdout, "From other machines: %s\n", withToken(elsewhere, s))
		}
		for _, address := range s.Proxied() {
			fmt.Fprintf(c.stdout, "Through the proxy: %s\n", withToken(address, s))
		}
		if at := s.Queue(); at.URL != "" {
			fmt.Fprintf(c.stdout, "Other machines work for it with: sightline worker --nats %s --workspace-id %s\n", at.URL, at.Workspace)
		}
		fmt.Fprintln(c.stdout, "Ctrl-C stops it.")
	}
	if _, ok := ui.Files(); !ok {
		fmt.Fprintln(c.stderr, "this build has no web interface (-tags no_ui); `make build` makes one that has")
	}
	select {
	case <-ctx.Done():
		fmt.Fprintln(c.stderr, "stopping")
		return nil
	case err := <-s.Failed():
		return fmt.Errorf("the server stopped: %w", err)
	}
}

// withToken is the address to open in a browser, with the token if there is one.
func withToken(url string, s *server.Server) string {
	if s.Token() == "" {
		return url
	}
	return strings.TrimSuffix(url, "/") + "/?token=" + s.Token()
}
