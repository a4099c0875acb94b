package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sightline/sightline/internal/natstest"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/jobs/bus"
)

// remoteRig is a server on a nats-server process of its own.
func remoteRig(t *testing.T, n *natstest.Server, path string) *rig {
	t.Helper()
	queue, err := bus.NewExternal(bus.Address{URL: n.URL(), Workspace: "test_workspace"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := startRigOn(queue, path, 0, Options{Version: "7", SilentFor: 3 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.close)
	return r
}

// remoteWorker starts a worker process that shares nothing with the server but the bus.
func remoteWorker(t *testing.T, r *rig, id string) (*exec.Cmd, string) {
	t.Helper()
	return remoteWorkerAt(t, r.manager.bus.Address(), id)
}

func remoteWorkerAt(t *testing.T, at bus.Address, id string) (*exec.Cmd, string) {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleEnv+"=worker")
	cmd.Env = append(cmd.Env, RemoteEnvironment(at, id, "elsewhere", dir)...)
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil { // its life-line
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd, dir
}

func empty(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%s holds %v, %v", dir, left, err)
	}
}

// TestRemoteWorkers runs jobs on a nats-server that was configured by nobody, with workers that
// share no folder with the server.
func TestRemoteWorkers(t *testing.T) {
	thorough.Only(t)
	n := natstest.Start(t, "")
	r := remoteRig(t, n, dbPath(t))
	worker, dir := remoteWorker(t, r, "first")
	until(t, "the worker to say hello", func() bool { return r.manager.Workers() == 1 })

	t.Run("large payloads, results and files", func(t *testing.T) {
		job := r.wait(t, r.submit(t, squares{Name: "large", Items: 12, Chunk: 4, Bulk: 3 << 20, Pad: 600_000, Files: true, Bad: []int{5}}).ID)
		if job.State != Done || job.Failed != 1 {
			t.Fatalf("got %+v", job)
		}
		if r.planner.files != 3 || r.planner.paths != 3 || r.planner.least < 3<<20 {
			t.Errorf("%d chunks with both files, %d large results, payloads of %d bytes", r.planner.files, r.planner.paths, r.planner.least)
		}
		empty(t, r.manager.Incoming())
		empty(t, dir)
	})
	t.Run("what is shown of it", func(t *testing.T) {
		list := r.manager.Roster()
		if len(list) != 1 || list[0].Name != "elsewhere" || !list[0].Remote || list[0].Items != 12 {
			t.Errorf("got %+v", list)
		}
	})
	t.Run("forged results", func(t *testing.T) { forge(t, r) })
	t.Run("a second server", func(t *testing.T) {
		queue, _ := bus.NewExternal(r.manager.bus.Address())
		if _, err := startRigOn(queue, dbPath(t), 0, Options{}); err == nil || !strings.Contains(err.Error(), "is served on this queue already") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("another version", func(t *testing.T) {
		err := Join(context.Background(), r.manager.nc, r.manager.bus.Address(), Hello{Version: "6"}, func() {})
		if !errors.Is(err, errRefused) || !strings.Contains(err.Error(), "Install version 7") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("the queue is wiped", func(t *testing.T) {
		job := r.submit(t, squares{Name: "wiped", Items: 400, Chunk: 10, Delay: 5000})
		until(t, "some of it to be done", func() bool { j, _ := r.manager.Get(t.Context(), job.ID); return j.Done > 50 })
		n.Kill()
		n.Wipe()
		n.Run()
		end := r.wait(t, job.ID)
		if end.State != Done || end.Failed != 0 {
			t.Fatalf("got %+v", end)
		}
		r.check(t, end)
	})
	t.Run("a worker of another kind", func(t *testing.T) { otherKind(t, r, worker) })
	t.Run("half an upload", func(t *testing.T) { halfUpload(t, r) })
	t.Run("it drains", func(t *testing.T) {
		job := r.submit(t, squares{Name: "drained", Items: 4, Chunk: 2, Delay: 300_000})
		until(t, "both chunks to be in work", func() bool { l := r.manager.Roster(); return len(l) == 1 && l[0].Chunks == 2 })
		worker.Process.Signal(syscall.SIGTERM)
		if err := worker.Wait(); err != nil {
			t.Errorf("the worker ended with %v", err)
		}
		if end := r.wait(t, job.ID); end.State != Done || r.manager.Workers() != 0 {
			t.Errorf("got %+v, %d workers", end, r.manager.Workers())
		}
	})
}

// otherKind begins a job with workers of one kind, and goes on with one of another: the job waits
// for its own kind until it may mix them.
func otherKind(t *testing.T, r *rig, theirs *exec.Cmd) {
	t.Setenv(kindEnv, "ours")
	ours, _ := remoteWorker(t, r, "ours")
	until(t, "the worker to be there", func() bool { return r.manager.Workers() == 2 })
	r.manager.mu.Lock()
	r.manager.workers["first"].Kind = "theirs" // which has no kind so far
	r.manager.mu.Unlock()
	theirs.Process.Signal(syscall.SIGSTOP)
	job := r.submit(t, squares{Name: "kinds", Items: 100, Chunk: 5, Delay: 10_000})
	until(t, "the first results", func() bool { j, _ := r.manager.Get(t.Context(), job.ID); return j.Arithmetic == "ours" })
	ours.Process.Kill()
	theirs.Process.Signal(syscall.SIGCONT)
	until(t, "the job to wait for its kind", func() bool {
		j, _ := r.manager.Get(t.Context(), job.ID)
		return strings.Contains(j.Message, "waits for a worker of kind ours")
	})
	r.manager.mu.Lock()
	r.manager.opts.Mixed = true
	r.manager.mu.Unlock()
	end := r.wait(t, job.ID)
	r.check(t, end)
	if stored, err := r.manager.store.Job(t.Context(), job.ID); err != nil || stored.Arithmetic != "ours; theirs" || end.Arithmetic != stored.Arithmetic {
		t.Errorf("stored: %q, told: %q, %v", stored.Arithmetic, end.Arithmetic, err)
	}
}

// forge delivers results that the server must not take: without the claim's secret, with that of
// another chunk, and with files of another claim.
func forge(t *testing.T, r *rig) {
	job := r.submit(t, squares{Name: "forged", Items: 4, Chunk: 2, Delay: 700_000})
	until(t, "both chunks to be in work", func() bool { return r.manager.Roster()[0].Chunks == 2 })
	r.manager.mu.Lock()
	claims := map[int]string{}
	for seq, c := range r.manager.tracked[job.ID].open {
		claims[seq] = c.claim.id
	}
	r.manager.mu.Unlock()
	at := r.manager.bus.Address()
	nc, err := at.Connect("forger", bus.Worker)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	wrong := []byte(`{"Items":[-7,-7]}`)
	for name, req := range map[string]resultRequest{
		"no secret":             {Job: job.ID, Seq: 0, Data: wrong},
		"a guess":               {Job: job.ID, Seq: 0, Claim: strings.Repeat("0", 32), Data: wrong},
		"another chunk's":       {Job: job.ID, Seq: 0, Claim: claims[1], Data: wrong},
		"another claim's files": {Job: job.ID, Seq: 0, Claim: claims[0], Large: filePrefix(job.ID, 1, claims[1]) + ".result"},
		"a path":                {Job: job.ID, Seq: 0, Claim: claims[0], File: "../" + filePrefix(job.ID, 0, claims[0]) + ".first"},
	} {
		data, _ := json.Marshal(req)
		msg, err := nc.Request(at.Subject(subjectResult), data, 5*time.Second)
		if err != nil || !bytes.Contains(msg.Data, []byte("refused")) {
			t.Errorf("%s: %v, %v", name, msg, err)
		}
	}
	end := r.wait(t, job.ID)
	r.check(t, end)
}

// halfUpload sends half a file of a claim, and is heard of no more.
func halfUpload(t *testing.T, r *rig) {
	at := r.manager.bus.Address()
	nc, err := at.Connect("half", bus.Worker)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	job := r.submit(t, squares{Name: "half", Items: 2, Chunk: 1, Delay: 1_000_000})
	until(t, "a chunk to be in work", func() bool { return r.manager.Roster()[0].Chunks == 2 })
	r.manager.mu.Lock()
	claim := r.manager.tracked[job.ID].open[0].claim.id
	r.manager.mu.Unlock()
	name := filePrefix(job.ID, 0, claim) + ".half"
	w := &Worker{nc: nc, config: WorkerConfig{Address: at}}
	put := func(name string) error {
		path := filepath.Join(t.TempDir(), name)
		os.WriteFile(path, make([]byte, 1<<20), 0o600)
		return w.uploadFile(t.Context(), &resultRequest{Job: job.ID, Seq: 0, Claim: claim}, name, path, 1<<20)
	}
	if err := put(name); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(r.manager.incoming(name)); err != nil {
		t.Fatal(err)
	}
	for _, foreign := range []string{"x.half", "../" + name, filePrefix(job.ID, 0, "other") + ".half"} {
		if err := put(foreign); err == nil {
			t.Errorf("%s was taken", foreign)
		}
	}
	r.wait(t, job.ID)
	empty(t, r.manager.Incoming())
	if err := put(name); err == nil {
		t.Error("a piece was taken after its claim")
	}
	empty(t, r.manager.Incoming())
}
