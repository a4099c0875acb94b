package tasks

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sightline/sightline/blobs"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/internal/natstest"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/jobs/bus"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/worker"
)

// TestRemoteWorkersGiveTheSameBits evaluates with maps by workers that have neither the images
// nor the model, over a nats-server that is killed and wiped meanwhile, and compares every stored
// number with those of a server that works alone.
func TestRemoteWorkersGiveTheSameBits(t *testing.T) {
	thorough.Only(t)
	root, prepared := t.TempDir(), t.TempDir()
	photos(t, root, 160, 320, 240)
	r := newRig(t, prepared)
	r.importFolder(t, root)
	r.addModel(t, testmodel.Options{Side: 64, Classes: 7})
	missing := filepath.Join(root, "0", "0003.jpg") // fails in the same words everywhere
	if err := os.Rename(missing, missing+".gone"); err != nil {
		t.Fatal(err)
	}
	r.close()

	alone := copyOf(t, prepared)
	r = newRig(t, alone)
	job, err := r.evaluate.Start(context.Background(), "photos", "tiny", nil, withMaps)
	one := r.run(t, job, err)
	r.close()

	want := storedOf(t, alone, 159)
	t.Run("one nats-server", func(t *testing.T) {
		n := natstest.Start(t, "")
		apartLike(t, copyOf(t, prepared), n.URL(), 1, one, want, func() {
			n.Kill()
			n.Wipe()
			n.Run()
		})
	})
	t.Run("a cluster", func(t *testing.T) {
		if os.Getenv("SIGHTLINE_CLUSTER_TEST") == "" {
			t.Skip("three nats-servers that elect leaders take half a minute: make cluster-test")
		}
		nodes := natstest.StartCluster(t, 3)
		apartLike(t, copyOf(t, prepared), nodes[0].URL()+","+nodes[1].URL()+","+nodes[2].URL(), 3, one, want, func() {
			nodes[0].Kill()
			time.Sleep(4 * time.Second)  // the others elect whom they have to
			for _, node := range nodes { // and then all disks are lost
				node.Kill()
				node.Wipe()
			}
			for _, node := range nodes {
				node.Run()
			}
		})
	})
}

// apartLike evaluates by two remote workers, of which one is killed, on queues that fail, and
// compares all with what a server alone did.
func apartLike(t *testing.T, apart, url string, replicas int, one jobs.Job, want string, fail func()) {
	t.Helper()
	queue, err := bus.NewExternal(bus.Address{URL: url, Workspace: "exactly_the_same"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := startReplicated(queue, apart, "", replicas)
	if err != nil {
		t.Fatal(err)
	}
	lends(t, r)
	first := r.away(t, "one")
	r.away(t, "two")
	job, err := r.evaluate.Start(context.Background(), "photos", "tiny", nil, withMaps)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if now, err := r.jobs.Get(context.Background(), job.ID); err != nil || now.Done >= 40 || time.Now().After(deadline) {
			break
		}
	}
	first.Process.Kill()
	fail()
	two := r.run(t, job, nil)
	failures := func(r *rig, id string) string {
		list, err := r.jobs.Failures(context.Background(), id)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		return list[0].Reason
	}
	reason := failures(r, two.ID)
	for _, w := range r.jobs.Roster() {
		t.Logf("%s did %d of %d samples", w.ID, w.Items, two.Items)
	}
	r.close()
	if one.Failed != two.Failed || !strings.Contains(reason, "the file is missing") {
		t.Errorf("%d failed alone, %d by remote workers: %s", one.Failed, two.Failed, reason)
	}
	if storedOf(t, apart, 159) != want {
		t.Error("remote workers left other numbers")
	}
}

// lends tells that a server lends what its catalog names and nothing else.
func lends(t *testing.T, r *rig) {
	t.Helper()
	source := task.Lend(r.store, files.NewWaiter(time.Minute))
	for _, name := range []string{"/etc/passwd", "sample//etc/passwd", "sample/999999999", "model/../../etc/passwd", "model/" + strings.Repeat("0", 64), ""} {
		if list, err := source.Files(t.Context(), name); err == nil {
			t.Errorf("%q is lent: %v", name, list)
		}
	}
	m, err := r.store.Catalog.Model(t.Context(), "tiny")
	if err != nil {
		t.Fatal(err)
	}
	list, err := source.Files(t.Context(), task.ModelBlob(m.SHA256))
	if err != nil || len(list) != 1 || list[0].SHA256 != m.SHA256 {
		t.Errorf("the model is lent as %v, %v", list, err)
	}
	if _, err := source.Piece(t.Context(), m.SHA256, 0, 10); err != nil {
		t.Error(err)
	}
	if _, err := source.Piece(t.Context(), strings.Repeat("0", 64), 0, 10); !errors.Is(err, blobs.ErrUnknown) {
		t.Errorf("an unknown content: %v", err)
	}
}

// away starts a worker process that has nothing but the bus.
func (r *rig) away(t *testing.T, id string) *exec.Cmd {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), roleEnv+"=worker")
	cmd.Env = append(cmd.Env, jobs.RemoteEnvironment(r.queue.Address(), id, id, filepath.Join(dir, "results"))...)
	cmd.Env = append(cmd.Env, worker.Away{Cores: 1, Cache: filepath.Join(dir, "copies"), Limit: 1 << 20}.Environment()...)
	cmd.Stderr = os.Stderr
	if err := os.Mkdir(filepath.Join(dir, "results"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.StdinPipe(); err != nil { // its life-line
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd
}
