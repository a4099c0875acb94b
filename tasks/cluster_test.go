package tasks

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/internal/natstest"
	"github.com/sightline/sightline/internal/s3test"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/jobs/bus"
)

// TestCluster is many machines in processes: three nats-servers, an S3 server, a server without
// a worker of its own, and three workers that share nothing with it. It imports from the store
// and evaluates with maps, while one of each dies, and compares every stored number with those of
// one server that had the images in a folder.
func TestCluster(t *testing.T) {
	if os.Getenv("SIGHTLINE_CLUSTER_TEST") == "" {
		t.Skip("three nats-servers that elect leaders take half a minute: make cluster-test")
	}
	const images = 240
	root, alone, apart := t.TempDir(), t.TempDir(), t.TempDir()
	photos(t, root, images, 320, 240)
	server := s3test.Start(t, "bucket")
	server.Setenv()
	store := bucketAt(t, "s3://bucket")
	upload(t, store, root, "photos/")

	r := newRig(t, alone)
	r.importFolder(t, root)
	r.addModel(t, testmodel.Options{Side: 64, Classes: 7})
	missing := filepath.Join("0", "0003.jpg") // fails in the same words everywhere
	if err := os.Remove(filepath.Join(root, missing)); err != nil {
		t.Fatal(err)
	}
	job, err := r.evaluate.Start(context.Background(), "photos", "tiny", nil, withMaps)
	one := r.run(t, job, err)
	r.close()
	want := storedOf(t, alone, images-1)

	r = newRig(t, apart) // a worker of its own looks at the model
	r.addModel(t, testmodel.Options{Side: 64, Classes: 7})
	r.close()
	nodes := natstest.StartCluster(t, 3)
	queue, err := bus.NewExternal(bus.Address{URL: nodes[0].URL() + "," + nodes[1].URL() + "," + nodes[2].URL(), Workspace: "a_whole_cluster"})
	if err != nil {
		t.Fatal(err)
	}
	if r, err = startReplicated(queue, apart, "", 3); err != nil {
		t.Fatal(err)
	}
	first := r.away(t, "one")
	r.away(t, "two")
	t.Setenv("AWS_ACCESS_KEY_ID", "") // the third has images from the server
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	r.away(t, "three")
	server.Setenv()
	r.run(t, r.startObjects(t), nil)
	if err := store.Delete(t.Context(), "photos/"+filepath.ToSlash(missing)); err != nil {
		t.Fatal(err)
	}

	if job, err = r.evaluate.Start(context.Background(), "photos", "tiny", nil, withMaps); err != nil {
		t.Fatal(err)
	}
	r.during(t, job.ID, images/8, images)
	first.Process.Kill()
	r.during(t, job.ID, images/4, images)
	server.Kill()
	time.Sleep(time.Second)
	server.Run()
	r.during(t, job.ID, images/3, images)
	nodes[0].Kill()
	two := r.run(t, job, nil)
	for _, w := range r.jobs.Roster() {
		t.Logf("%s did %d of %d samples", w.ID, w.Items, two.Items)
	}
	list, err := r.jobs.Failures(t.Context(), two.ID)
	if err != nil || len(list) != one.Failed || len(list) != 1 || !strings.Contains(list[0].Reason, "the file is missing") {
		t.Errorf("%d failed alone, and apart %v, %v", one.Failed, list, err)
	}
	r.close()
	if storedOf(t, apart, images-1) != want {
		t.Error("a cluster left other numbers")
	}
}

func (r *rig) startObjects(t *testing.T) jobs.Job {
	t.Helper()
	job, err := r.importing.Start(t.Context(), "photos", dataset.Source{Root: "s3://bucket/photos"})
	if err != nil {
		t.Fatal(err)
	}
	return job
}

// during waits until so many items of a job are done, and fails if it has ended by then: what is
// killed afterwards is killed in the midst of work.
func (r *rig) during(t *testing.T, id string, items, all int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		now, err := r.jobs.Get(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		if now.Done >= items {
			if now.Done >= all || now.State != jobs.Running {
				t.Fatalf("it is %s with %d of %d done: too late for a death in its midst", now.State, now.Done, all)
			}
			t.Logf("%d of %d done", now.Done, all)
			return
		}
	}
	t.Fatalf("%d items are not done within a minute", items)
}
