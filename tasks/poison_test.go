package tasks

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/jobs/children"
	"github.com/sightline/sightline/tasks/evaluate"
	"github.com/sightline/sightline/tasks/importing"
	"github.com/sightline/sightline/worker"
)

// fragileMain is a worker whose native code crashes on files named poison: it
// does everything a worker does, and dies in a chunk that has such a file.
func fragileMain() error {
	config, err := jobs.WorkerConfigFromEnv()
	if err != nil {
		return err
	}
	children.HoldLifeline()
	w := jobs.NewWorker(config)
	for _, k := range Work(worker.New(worker.Options{})) {
		if k.Name == evaluate.Name || k.Name == importing.Name {
			k.Work = dyingOf(k.Work)
		}
		k.Attend(w)
	}
	return w.Run(context.Background())
}

func dyingOf(handle jobs.ChunkHandler) jobs.ChunkHandler {
	return func(ctx context.Context, t *jobs.Task) (jobs.Result, error) {
		if strings.Contains(string(t.Payload), "poison.jpg") {
			syscall.Kill(os.Getpid(), syscall.SIGSEGV)
			select {}
		}
		return handle(ctx, t)
	}
}

// TestPoisonIsQuarantined has one image of which every worker dies, in an
// import and in an evaluation: everything else is done, and it is listed.
func TestPoisonIsQuarantined(t *testing.T) {
	r, err := startRigWith(t.TempDir(), "fragile")
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	ctx := context.Background()
	root := t.TempDir()
	photos(t, root, 20, 40, 40)
	r.importFolder(t, root)
	spec := r.addModel(t, testmodel.Options{Side: 32})
	from, to := filepath.Join(root, "1", "0010.jpg"), filepath.Join(root, "1", "poison.jpg")
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
	r.importFolder(t, root) // moved: it has its thumbnail, and is still a sample
	job, err := r.evaluate.Start(ctx, "photos", "tiny", nil)
	job = r.run(t, job, err)
	failed, err := r.store.Results.Failures(ctx, "photos~tiny")
	if err != nil || job.Failed != 1 || len(failed) != 1 || !strings.Contains(failed[0].Reason, "crashed on this sample (exit status 2: SIGSEGV") {
		t.Fatalf("%d failed, listed %v, %v", job.Failed, failed, err)
	}
	compareWithSingleRuns(t, r, spec, 19)

	if err := os.WriteFile(to, append(mustRead(t, to), 0), 0o644); err != nil { // other bytes: a thumbnail is wanting
		t.Fatal(err)
	}
	job = r.importFolder(t, root)
	d, err := r.store.Catalog.Dataset(ctx, "photos")
	if err != nil || job.Failed != 1 || d.Quarantined != 1 || d.Samples != 19 {
		t.Fatalf("%d failed; %d samples, %d in quarantine, %v", job.Failed, d.Samples, d.Quarantined, err)
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
