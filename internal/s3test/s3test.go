// Package s3test runs a real S3 server for tests: versitygw, built once from its Go module and
// kept in the user's cache folder, as a process of its own over a folder.
package s3test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sightline/sightline/internal/daemontest"
	"github.com/sightline/sightline/internal/thorough"
)

// Key and Secret are the credentials of every server.
const (
	Key    = "sightline-test"
	Secret = "only-for-tests-on-this-machine"
)

// Server is an S3 server process.
type Server struct {
	t    testing.TB
	dir  string
	port int
	daemontest.Process
}

// Start starts a server with an empty bucket for a test. Where a person waits it
// leaves the test out: the server would have to be built first.
func Start(t testing.TB, bucket string) *Server {
	t.Helper()
	thorough.Only(t)
	s, err := Launch(t.TempDir(), bucket)
	if err != nil {
		t.Fatal(err)
	}
	s.t = t
	t.Cleanup(s.Kill)
	return s
}

// Launch starts a server with an empty bucket, that keeps all in a folder. Kill it.
func Launch(dir, bucket string) (*Server, error) {
	s := &Server{dir: dir}
	for _, dir := range []string{"objects/" + bucket, "about"} {
		if err := os.MkdirAll(filepath.Join(s.dir, dir), 0o700); err != nil {
			return nil, err
		}
	}
	var err error
	if s.port, err = daemontest.FreePort(); err != nil {
		return nil, err
	}
	return s, s.run()
}

// Environment has a process find the server.
func (s *Server) Environment() []string {
	return []string{"AWS_ENDPOINT_URL=" + s.URL(), "AWS_ACCESS_KEY_ID=" + Key, "AWS_SECRET_ACCESS_KEY=" + Secret, "AWS_REGION=us-east-1",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null"}
}

// Setenv has this process, and those that it starts, find the server.
func (s *Server) Setenv() {
	t := s.t.(interface{ Setenv(key, value string) })
	for _, one := range s.Environment() {
		name, value, _ := strings.Cut(one, "=")
		t.Setenv(name, value)
	}
}

// URL is where it listens.
func (s *Server) URL() string { return fmt.Sprintf("http://127.0.0.1:%d", s.port) }

// Folder is where the objects of a bucket are, as files.
func (s *Server) Folder(bucket string) string { return filepath.Join(s.dir, "objects", bucket) }

// Run starts the process, which must not run.
func (s *Server) Run() {
	if err := s.run(); err != nil {
		s.t.Error(err)
	}
}

func (s *Server) run() error {
	program, err := binary()
	if err != nil {
		return err
	}
	at := fmt.Sprintf("127.0.0.1:%d", s.port)
	cmd := exec.Command(program, at, filepath.Join(s.dir, "objects"), filepath.Join(s.dir, "about"))
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+Key, "ROOT_SECRET_KEY="+Secret)
	return s.Start(cmd, s.port)
}

// binary is the server's program, built where it is not in the cache. Its name tells its
// source, so that another version is another file.
func binary() (string, error) {
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("find the source of the S3 server of tests: %w", err)
	}
	source := filepath.Join(strings.TrimSpace(string(module)), "internal", "s3test", "server")
	h := sha256.New()
	for _, name := range []string{"go.mod", "go.sum", "main.go"} {
		data, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			return "", err
		}
		h.Write(data)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(cache, "sightline", "s3server-"+hex.EncodeToString(h.Sum(nil))[:16])
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	return path, build(source, path)
}

// build makes the program; two tests that do at once each make their own.
func build(source, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 9*time.Minute)
	defer cancel()
	part := fmt.Sprintf("%s.%d", path, os.Getpid())
	defer os.Remove(part)
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", part, ".")
	cmd.Dir = source
	cmd.Env = append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=0", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the S3 server of tests: %w\n%s", err, out)
	}
	return os.Rename(part, path)
}
