// Package server is Sightline's HTTP server: the JSON API with its OpenAPI
// description, the binary routes, the streams of server-sent events, and the
// embedded web interface. It owns the workspace while it runs, and the queue
// and worker processes that do the heavy work.
//
// The API is described at /openapi.json (a copy is docs/openapi.json) and in
// words in docs/http-api.md; package api has its types, package client a
// client.
package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/server/front"
	"github.com/sightline/sightline/server/health"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/ui"
	"github.com/sightline/sightline/workspace"
)

// Options of Start. Workspace and Tasks are required.
type Options struct {
	Workspace   string                         // folder, created if it is not there
	Tasks       func(*task.Server) []task.Kind // the server halves of all kinds of work: tasks.Plan
	Listen      string                         // HOST:PORT; default DefaultListen; port 0 takes a free one
	Token       string                         // what requests must show; beyond loopback one is made if empty
	BasePath    string                         // path before the server's own where a proxy shows it, such as "/sightline"
	AllowHosts  []string                       // names (NAME or NAME:PORT) under which a proxy shows it
	MemoryLimit string                         // of DuckDB, such as "1GB"; "" for its default
	Memory      int64                          // budget in bytes that the workers share for making maps; 0 is task.DefaultMemory each
	RunLimit    time.Duration                  // how long a run of a model may take at least; 0: $SIGHTLINE_RUN_LIMIT, else task.DefaultRunLimit
	Workers     int                            // worker processes; default 1
	External    *External                      // queue where workers on other machines are met; nil: an embedded one
	Worker      []string                       // program and arguments of a worker; default: this program, "worker"
	Idle        time.Duration                  // after which a connection that asks nothing is closed; 0: two minutes
	Resume      bool                           // go on with the jobs that a former server left unfinished
	Version     string                         // of Sightline, for the status
	Build       string                         // of this program: workers elsewhere must be of the same; "" lets any work
	LogJSON     bool                           // write the log as JSON, a line per event, with what is done well, too
	Stderr      io.Writer                      // what workers and the log write; default: nowhere
}

// Server is a running server.
type Server struct {
	options  Options
	proxy    front.Proxy
	backend  *backend
	listener net.Listener
	http     *http.Server
	failed   chan error
	conns    atomic.Int64
	once     sync.Once
	closing  context.CancelFunc // ends the streams under way
	cancel   context.CancelFunc // ends every request under way
}

// Start opens the workspace and serves it. Its errors say what to do: a port
// in use, a workspace that another process has open, a folder that cannot be
// written.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Listen == "" {
		o.Listen = front.DefaultListen
	}
	if o.Stderr == nil {
		o.Stderr = io.Discard
	}
	if o.Token == "" && !front.IsLoopback(o.Listen) {
		o.Token = front.NewToken()
	}
	proxy, err := front.NewProxy(o.BasePath, o.AllowHosts)
	if err != nil {
		return nil, err
	}
	listener, err := front.Listen(o.Listen)
	if err != nil {
		return nil, err
	}
	b := &backend{version: o.Version}
	handler := make(chan http.Handler, 1)
	go func() { handler <- newHandler(b) }() // a twentieth of a second of describing types
	if err := b.open(ctx, o); err != nil {
		listener.Close()
		return nil, err
	}
	s := &Server{options: o, proxy: proxy, backend: b, listener: listener, failed: make(chan error, 1)}
	s.run(<-handler)
	if err := s.announce(); err != nil {
		return nil, errors.Join(err, s.Close(ctx))
	}
	if o.Resume {
		s.backend.resume(ctx, o.Stderr)
	}
	return s, nil
}

// run serves in the background.
func (s *Server) run(handler http.Handler) {
	closing, end := context.WithCancel(context.Background())
	base, cancel := context.WithCancel(route.UntilClosed(context.Background(), closing))
	s.closing, s.cancel = end, cancel
	host, _, _ := net.SplitHostPort(s.options.Listen)
	s.http = &http.Server{
		Handler:           front.NewGuard(host, s.options.Token, s.proxy).Wrap(front.Recovering(handler, s.options.Stderr)),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       cmp.Or(s.options.Idle, 2*time.Minute), // a connection that asks nothing more gives its descriptor back
		BaseContext:       func(net.Listener) context.Context { return base },
		ConnState:         s.count,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	go func() {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- err
		}
	}()
}

// count keeps the number of open connections.
func (s *Server) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.conns.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.conns.Add(-1)
	}
}

// Connections is how many connections clients hold open.
func (s *Server) Connections() int { return int(s.conns.Load()) }

// newHandler is everything behind the guard: API and interface.
func newHandler(b *backend) http.Handler {
	mux := http.NewServeMux()
	b.within = client.Within(mux)
	registerRoutes(route.New(mux), b)
	health.Register(mux, health.Subject{
		Reads: func(ctx context.Context) error { return b.store.Workspace.Ping(ctx) },
		Jobs:  func() *jobs.Manager { return b.jobs },
		Queue: func() string { return b.queue.Address().URL },
	})
	files, _ := ui.Files()
	mux.Handle("/", front.NewPages(files))
	return mux
}

// announce writes where the server is, for other commands and for whoever
// finds the workspace in use.
func (s *Server) announce() error {
	dir := s.backend.store.Workspace.Dir()
	err := s.backend.store.Workspace.Announce(s.URL())
	if err == nil {
		err = front.WriteAddress(dir, front.Address{URL: s.URL(), Token: s.Token(), PID: os.Getpid()})
	}
	if err != nil {
		return fmt.Errorf("noting the server's address in the workspace: %w", workspace.StorageError(err, dir))
	}
	return nil
}

// URL is the server's address, with the base path and without a token.
func (s *Server) URL() string { return "http://" + front.BrowseAddress(s.listener) + s.proxy.Path() }

// Proxied lists the addresses under which a proxy shows the server, without
// their scheme, which only the proxy knows.
func (s *Server) Proxied() []string {
	return s.proxy.Addresses()
}

// Elsewhere is the address for other machines; "" where they cannot connect.
func (s *Server) Elsewhere() string {
	name, err := os.Hostname()
	host, port, _ := net.SplitHostPort(s.listener.Addr().String())
	addr, bad := netip.ParseAddr(host)
	if bad != nil || addr.IsLoopback() {
		return ""
	}
	if addr.IsUnspecified() && err == nil {
		host = name
	}
	return "http://" + net.JoinHostPort(host, port) + s.proxy.Path()
}

// Token is what requests must show; "" if none is asked for.
func (s *Server) Token() string { return s.options.Token }

// Workspace is the absolute path of the workspace.
func (s *Server) Workspace() string { return s.backend.store.Workspace.Dir() }

// Failed receives the error that stopped the server by itself.
func (s *Server) Failed() <-chan error { return s.failed }

// grace is how long requests under way may go on when the server closes.
const grace = 3 * time.Second

// Close stops listening, ends streams, lets other requests finish for a
// moment, interrupts jobs (which can be resumed) and closes the workspace. It
// returns when that is done, or soon after ctx ends; again, it does nothing.
func (s *Server) Close(ctx context.Context) (err error) {
	s.once.Do(func() { err = s.close(ctx) })
	return err
}

func (s *Server) close(ctx context.Context) error {
	front.RemoveAddress(s.backend.store.Workspace.Dir())
	s.closing()
	patience, stop := context.WithTimeout(ctx, grace)
	defer stop()
	context.AfterFunc(patience, s.cancel)
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, s.http.Close())
	}
	return errors.Join(err, s.backend.close())
}
