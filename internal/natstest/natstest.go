// Package natstest runs real nats-server processes for tests: the test binary plays the server
// when it is started in that role, so that nothing has to be installed or built.
package natstest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/sightline/sightline/internal/daemontest"
)

// configEnv names the configuration file of a test binary that is to play a nats-server.
const configEnv = "SIGHTLINE_NATSTEST_CONFIG"

// Main plays a nats-server if this process was started as one, and does not return then. Call it
// first in TestMain.
func Main() {
	config := os.Getenv(configEnv)
	if config == "" {
		return
	}
	os.Exit(Serve(config))
}

// Serve plays a nats-server with a configuration file until it is told to end, and returns its
// exit status.
func Serve(config string) int {
	options, err := server.ProcessConfigFile(config)
	if err == nil {
		var s *server.Server
		options.NoLog = true
		if s, err = server.NewServer(options); err == nil {
			s.Start()
			s.WaitForShutdown()
			return 0
		}
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// Config is a configuration with JetStream, on a port of the loopback interface.
func Config(port int, dir string) string {
	return fmt.Sprintf("listen: 127.0.0.1:%d\njetstream { store_dir: %q }\n", port, dir)
}

// Server is a nats-server process with JetStream.
type Server struct {
	t      testing.TB
	config string
	dir    string // where JetStream keeps its files
	port   int
	daemontest.Process
}

// Start starts a server, with more lines of configuration, and waits until it answers.
func Start(t testing.TB, more string) *Server {
	t.Helper()
	dir := t.TempDir()
	s := &Server{t: t, config: filepath.Join(dir, "nats.conf"), dir: filepath.Join(dir, "jetstream")}
	var err error
	if s.port, err = daemontest.FreePort(); err != nil {
		t.Fatal(err)
	}
	text := Config(s.port, s.dir) + more + "\n"
	if err := os.WriteFile(s.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Run()
	t.Cleanup(s.Kill)
	return s
}

// StartCluster starts so many servers as one cluster, and waits until each answers. It may take
// them some seconds more to elect who leads.
func StartCluster(t testing.TB, n int) []*Server {
	t.Helper()
	list, routes := make([]*Server, n), make([]string, n)
	for i := range list {
		dir := t.TempDir()
		list[i] = &Server{t: t, config: filepath.Join(dir, "nats.conf"), dir: filepath.Join(dir, "jetstream")}
		port, err := daemontest.FreePort()
		if err == nil {
			list[i].port, err = daemontest.FreePort()
		}
		if err != nil {
			t.Fatal(err)
		}
		routes[i] = fmt.Sprintf("127.0.0.1:%d", port)
	}
	for i, s := range list {
		text := Config(s.port, s.dir) + fmt.Sprintf("server_name: node%d\ncluster { name: test, listen: %q, routes: [nats://%s] }\n", i, routes[i], strings.Join(routes, ", nats://"))
		if err := os.WriteFile(s.config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s.Run()
		t.Cleanup(s.Kill)
	}
	return list
}

// URL is where it listens.
func (s *Server) URL() string { return fmt.Sprintf("nats://127.0.0.1:%d", s.port) }

// Run starts the process, which must not run.
func (s *Server) Run() {
	s.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), configEnv+"="+s.config)
	if err := s.Start(cmd, s.port); err != nil {
		s.t.Fatal(err)
	}
}

// Wipe removes all that JetStream keeps. The server must not run.
func (s *Server) Wipe() {
	if err := os.RemoveAll(s.dir); err != nil {
		s.t.Fatal(err)
	}
}
