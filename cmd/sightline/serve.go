package main

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"github.com/sightline/sightline/server"
)

func serveVerb() verb {
	return verb{name: "serve", summary: "Serve the web interface and the HTTP API of a workspace", define: func(flags *flag.FlagSet) action {
		o := serveFlags(flags)
		return func(ctx context.Context, c *call) error {
			if err := c.want(); err != nil {
				return err
			}
			o.Resume = true
			s, err := c.startServer(ctx, *o)
			if err != nil {
				return err
			}
			return c.serve(ctx, s, nil)
		}
	}}
}

// serveFlags are the flags of every verb that serves.
func serveFlags(flags *flag.FlagSet) *server.Options {
	o := &server.Options{}
	flags.StringVar(&o.Listen, "listen", server.DefaultListen, "`HOST:PORT` to listen on; port 0 takes a free one; beyond this machine a token is asked for")
	flags.StringVar(&o.Token, "token", "", "`SECRET` that requests must show (default: none on this machine, else a random one)")
	flags.StringVar(&o.MemoryLimit, "memory", "", "most memory that DuckDB takes, for example `2GB`")
	flags.IntVar(&o.Workers, "workers", 0, "`N` worker processes (default 1)")
	return o
}

// serve prints the address and runs until Ctrl-C. extra joins the JSON document.
func (c *call) serve(ctx context.Context, s *server.Server, extra map[string]any) error {
	defer c.ownSession(ctx, s).stop()
	if c.json {
		document := map[string]any{"url": s.URL(), "address": browseURL(s), "workspace": s.Workspace()}
		for name, value := range extra {
			document[name] = value
		}
		if err := c.document(document); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(c.stdout, "Sightline is at %s\nCtrl-C stops it.\n", browseURL(s))
	}
	select {
	case <-ctx.Done():
		fmt.Fprintln(c.stderr, "stopping")
		return nil
	case err := <-s.Failed():
		return fmt.Errorf("the server stopped: %w", err)
	}
}

// browseURL is the address to open in a browser, with the token if there is one.
func browseURL(s *server.Server) string {
	if s.Token() == "" {
		return s.URL()
	}
	return strings.TrimRight(s.URL(), "/") + "/?token=" + s.Token()
}
