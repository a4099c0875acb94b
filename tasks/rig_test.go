package tasks

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/internal/natstest"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/jobs/bus"
	"github.com/sightline/sightline/jobs/children"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/assess"
	"github.com/sightline/sightline/tasks/evaluate"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/tasks/importing"
	"github.com/sightline/sightline/tasks/inspect"
	"github.com/sightline/sightline/tasks/measure"
	"github.com/sightline/sightline/tasks/whatif"
	"github.com/sightline/sightline/worker"
	"github.com/sightline/sightline/workspace"
)

// roleEnv makes this test binary play a worker or a server.
const roleEnv = "SIGHTLINE_PIPELINE_TEST_ROLE"

func TestMain(m *testing.M) {
	natstest.Main()
	switch os.Getenv(roleEnv) {
	case "worker":
		if err := worker.Run(context.Background(), 0, Work); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "fragile":
		if err := fragileMain(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "server":
		if err := serverMain(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	default:
		os.Exit(m.Run())
	}
}

// rig is a whole server: workspace, queue, jobs and a worker process.
type rig struct {
	store   *stores.Stores
	queue   bus.Bus
	jobs    *jobs.Manager
	workers *children.Supervisor
	maps    explain.Service
	assess  assess.Service
	measure measure.Service
	whatif  whatif.Service

	importing importing.Service
	evaluate  evaluate.Service
	inspect   inspect.Service
}

func startRig(dir string) (*rig, error) { return startRigWith(dir, "worker") }

// startRigWith starts workers that play a role.
func startRigWith(dir, role string) (*rig, error) {
	queue, err := jobs.StartQueue()
	if err != nil {
		return nil, err
	}
	return startRigOn(queue, dir, role)
}

// startRigOn does so on a queue, which it closes; "" is no worker.
func startRigOn(queue bus.Bus, dir, role string) (*rig, error) {
	return startReplicated(queue, dir, role, 1)
}

// startReplicated does so on a queue that so many servers hold.
func startReplicated(queue bus.Bus, dir, role string, replicas int) (*rig, error) {
	ctx := context.Background()
	store, err := stores.Open(ctx, dir, workspace.Options{MemoryLimit: "256MB", Threads: 1})
	if err != nil {
		return nil, err
	}
	r := &rig{store: store, queue: queue}
	jobStore, err := jobs.NewSQLStore(ctx, store.Workspace)
	if err != nil {
		return nil, err
	}
	if r.jobs, err = jobs.NewManager(ctx, jobStore, r.queue, jobs.Options{Incoming: store.Workspace.Incoming(), AckWait: time.Second, SilentFor: 5 * time.Second, Replicas: replicas,
		Sources: task.Lend(store, files.NewWaiter(task.ReadLimit(task.DefaultRunLimit)))}); err != nil {
		return nil, err
	}
	server := task.NewServer(store, r.jobs)
	r.maps, r.assess, r.measure = explain.Service{Server: server}, assess.Service{Server: server}, measure.Service{Server: server}
	for _, k := range Plan(server) {
		k.Serve(r.jobs)
	}
	r.importing, r.evaluate, r.inspect = importing.Service{Server: server}, evaluate.Service{Server: server}, inspect.Service{Server: server}
	r.whatif = whatif.Service{Server: server}
	if role != "" {
		r.workers = r.supervise(role)
	}
	return r, nil
}

func (r *rig) supervise(role string) *children.Supervisor {
	stderr := io.Writer(os.Stderr)
	if role == "fragile" {
		stderr = io.Discard // it crashes on purpose, and Go tells at length
	}
	return jobs.Supervise(r.jobs, children.Options{Command: []string{os.Args[0]}, Env: []string{roleEnv + "=" + role}, Stderr: stderr})
}

func newRig(t testing.TB, dir string) *rig {
	t.Helper()
	r, err := startRig(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) close() {
	if r.workers != nil {
		r.workers.Close()
	}
	r.jobs.Close()
	r.queue.Close()
	r.store.Close()
}

// run waits for a job that was just submitted, which must end as done.
func (r *rig) run(t testing.TB, job jobs.Job, err error) jobs.Job {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	job, err = r.jobs.Wait(ctx, job.ID)
	if err != nil || job.State != jobs.Done {
		t.Fatalf("%s ended as %s: %s (%v)", job.Title, job.State, job.Error, err)
	}
	return job
}

// addModel adds a test model under the name tiny.
func (r *rig) addModel(t testing.TB, o testmodel.Options) *classifier.Spec {
	t.Helper()
	return r.addModelWith(t, o, "plain")
}

func (r *rig) addModelWith(t testing.TB, o testmodel.Options, preprocessing string) *classifier.Spec {
	t.Helper()
	m, err := r.inspect.AddModel(context.Background(), testmodel.Write(t, o), classifier.Options{Name: "tiny", Preprocessing: preprocessing}, true)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := classifier.ParseSpec(m.Spec)
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

func (r *rig) importFolder(t testing.TB, root string) jobs.Job {
	t.Helper()
	return r.run(t, r.startImport(t, root), nil)
}

func (r *rig) startImport(t testing.TB, root string) jobs.Job {
	t.Helper()
	job, err := r.importing.Start(context.Background(), "photos", dataset.Source{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	return job
}

// photos writes n images of w×h pixels in class folders named 0, 1 and 2.
func photos(t testing.TB, root string, n, w, h int) {
	t.Helper()
	for i := range n {
		dir := filepath.Join(root, fmt.Sprint(i%3))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		var err error
		name := fmt.Sprintf("%04d.jpg", i)
		if i%5 == 4 {
			name = fmt.Sprintf("%04d.png", i)
			err = png.Encode(&buf, photo(i, w, h))
		} else {
			err = jpeg.Encode(&buf, photo(i, w, h), nil)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), buf.Bytes(), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// photo is a smooth image with a few coloured discs, another for every seed.
func photo(seed, w, h int) image.Image {
	r := rand.New(rand.NewPCG(uint64(seed), 1))
	base := [3]float64{r.Float64() * 160, r.Float64() * 160, r.Float64() * 160}
	im := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			g := float64(x*60/w + y*30/h)
			im.SetRGBA(x, y, color.RGBA{uint8(base[0] + g), uint8(base[1] + g), uint8(base[2]), 255})
		}
	}
	for range 4 {
		cx, cy, rad := r.IntN(w), r.IntN(h), 2+r.IntN(w/4)
		c := color.RGBA{uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)), 255}
		for y := max(0, cy-rad); y < min(h, cy+rad); y++ {
			for x := max(0, cx-rad); x < min(w, cx+rad); x++ {
				if (x-cx)*(x-cx)+(y-cy)*(y-cy) < rad*rad {
					im.SetRGBA(x, y, c)
				}
			}
		}
	}
	return im
}
