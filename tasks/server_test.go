package tasks

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sightline/sightline/tasks/explain"
)

// dirEnv tells a test server its workspace, mapsEnv that the evaluation is one with maps.
const (
	dirEnv  = "SIGHTLINE_PIPELINE_TEST_DIR"
	mapsEnv = "SIGHTLINE_PIPELINE_TEST_MAPS"
)

// withMaps are those maps.
var withMaps = explain.MapOptions{Method: "gradcam", Target: "contrast"}

// serverMain is a server that goes on with the evaluation and tells when it
// runs and how it ended.
func serverMain() error {
	r, err := startRig(os.Getenv(dirEnv))
	if err != nil {
		return err
	}
	defer r.close()
	var maps []explain.MapOptions
	if os.Getenv(mapsEnv) != "" {
		maps = append(maps, withMaps)
	}
	job, err := r.evaluate.Start(context.Background(), "photos", "tiny", nil, maps...)
	if err != nil {
		return err
	}
	for r.jobs.Workers() == 0 {
		time.Sleep(time.Millisecond)
	}
	fmt.Println("running")
	job, err = r.jobs.Wait(context.Background(), job.ID)
	fmt.Println(job.State, job.Done, job.Failed, job.Error)
	return err
}

// testServer is a server in a process of its own.
type testServer struct {
	cmd *exec.Cmd
	out chan string // its lines; closed at its end
}

func startServer(t testing.TB, dir string) *testServer {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleEnv+"=server", dirEnv+"="+dir)
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &testServer{cmd: cmd, out: make(chan string, 4)}
	go func() {
		defer close(s.out)
		for lines := bufio.NewScanner(pipe); lines.Scan(); {
			s.out <- lines.Text()
		}
	}()
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return s
}

// expect waits for the next line, which must begin with a word.
func (s *testServer) expect(t testing.TB, words ...string) {
	t.Helper()
	word := words[0]
	select {
	case line := <-s.out:
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(line, w) }) {
			t.Fatalf("the server said %q instead of %q", line, words)
		}
	case <-time.After(40 * time.Second):
		t.Fatalf("the server did not say %q in time", word)
	}
}

// ended reports whether the evaluation is over.
func (s *testServer) ended() bool {
	return len(s.out) > 0
}

// kill ends the server at once, and returns when its worker is gone too.
func (s *testServer) kill(t testing.TB) {
	t.Helper()
	workers := s.workers()
	s.cmd.Process.Kill()
	killed := time.Now()
	s.cmd.Wait()
	for _, pid := range workers {
		for syscall.Kill(pid, 0) == nil {
			if time.Since(killed) > 5*time.Second {
				t.Fatal("a worker outlives its server by more than 5 s")
			}
			time.Sleep(time.Millisecond)
		}
	}
}

// workers are the process ids of the server's children.
func (s *testServer) workers() (list []int) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", s.cmd.Process.Pid))
	for _, f := range files {
		data, _ := os.ReadFile(f)
		for _, word := range strings.Fields(string(data)) {
			if pid, err := strconv.Atoi(word); err == nil {
				list = append(list, pid)
			}
		}
	}
	return list
}
