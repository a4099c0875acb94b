// Command make makes an old workspace: run it with the build whose workspaces are
// to be remembered, before a store's schema changes.
//
//	go run ./internal/oldworkspace/make -dir FOLDER -out internal/oldworkspace/testdata/NAME.tar.gz
//
// FOLDER must not exist; its path stays in the workspace's database, so choose one
// that says nothing of your machine, such as /sightline. It is removed in the end.
//
// In it are a dataset of images of three colours in two splits, with regions, a
// duplicate and a file that is no image; a small network with random
// weights, evaluated, with maps of several methods and of auto (some made by a job and assessed,
// some on demand), the model's layers and a check by random weights; a slower model whose
// evaluation was cancelled midway; and a job of maps that the end of the server
// interrupted.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/internal/fixture"
	"github.com/sightline/sightline/internal/oldworkspace"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/server"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/tasks"
	"github.com/sightline/sightline/worker"
)

func main() {
	ctx := context.Background()
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		fail(worker.Run(ctx, 0, tasks.Work))
		return
	}
	dir := flag.String("dir", "", "`FOLDER` to make the workspace in; removed in the end")
	out := flag.String("out", "", "`FILE` to write: NAME.tar.gz")
	flag.Parse()
	if *dir == "" || *out == "" {
		flag.Usage()
		os.Exit(2)
	}
	fail(os.Mkdir(*dir, 0o755))
	defer os.RemoveAll(*dir)
	m := &maker{dir: *dir}
	fail(m.make(ctx))
	fail(pack(*dir, *out))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// maker makes the workspace in a folder.
type maker struct {
	dir string
	c   *client.Client
}

func (m *maker) path(names ...string) string {
	return filepath.Join(append([]string{m.dir}, names...)...)
}

func (m *maker) make(ctx context.Context) error {
	if err := m.material(); err != nil {
		return err
	}
	err := m.served(ctx, m.fill, m.leaveCancelled, m.leaveInterrupted)
	if err != nil {
		return err
	}
	return m.served(ctx, m.writeFigures) // by a server that has nothing in memory
}

// classes of the dataset and of the models.
var classes = []string{"red", "green", "blue"}

// imagesPerClass of split test; val has a quarter.
const imagesPerClass = 36

// material writes images, regions and models.
func (m *maker) material() error {
	test, val := m.path(oldworkspace.Images, "test"), m.path(oldworkspace.Images, "val")
	for _, step := range []func() error{
		func() error { return fixture.WriteImages(test, classes, imagesPerClass) },
		func() error { return fixture.WriteImages(val, classes, imagesPerClass/4) },
		func() error {
			return os.Rename(filepath.Join(test, "red", "03.png"), filepath.Join(test, "blue", "wrong.png"))
		},
		func() error { return os.WriteFile(filepath.Join(test, "red", "broken.png"), []byte("no image"), 0o644) },
		func() error { return os.MkdirAll(m.path(oldworkspace.Models), 0o755) },
		func() error {
			net := testmodel.Build(testmodel.Options{Side: 32, Features: true})
			return os.WriteFile(m.path(oldworkspace.Models, "net.onnx"), net.Marshal(), 0o644)
		},
		func() error { return fixture.WriteModel(m.path(oldworkspace.Models, "slow.onnx"), "slow") },
		func() error {
			return os.WriteFile(m.path(oldworkspace.Models, "classes.txt"), []byte(strings.Join(classes, "\n")+"\n"), 0o644)
		},
		func() error { return os.WriteFile(m.path("regions.json"), []byte(regions), 0o644) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// regions are a box and a polygon, as COCO has them.
const regions = `{"categories": [{"id": 1, "name": "square"}, {"id": 2, "name": "wedge"}],
"images": [{"id": 1, "file_name": "test/red/00.png", "width": 24, "height": 16}, {"id": 2, "file_name": "test/blue/01.png", "width": 24, "height": 16}],
"annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 4, 4]},
{"id": 2, "image_id": 2, "category_id": 1, "bbox": [5, 3, 4, 4]},
{"id": 3, "image_id": 2, "category_id": 2, "segmentation": [[0, 0, 12, 0, 0, 8]]}]}
`

// served runs steps against a server of the workspace, which resumes nothing.
func (m *maker) served(ctx context.Context, steps ...func(context.Context) error) error {
	s, err := server.Start(ctx, server.Options{Tasks: tasks.Plan, Workspace: m.path(oldworkspace.Workspace), Listen: "127.0.0.1:0", Stderr: os.Stderr})
	if err != nil {
		return err
	}
	m.c = client.New(s.URL(), s.Token())
	for _, step := range steps {
		if err == nil {
			err = step(ctx)
		}
	}
	return errors.Join(err, s.Close(ctx))
}

func (m *maker) fill(ctx context.Context) error {
	job, err := m.c.Import(ctx, api.ImportRequest{Name: "colours", Path: m.path(oldworkspace.Images), Regions: []string{m.path("regions.json")}})
	if err := m.done(ctx, job, err); err != nil {
		return err
	}
	for _, name := range []string{"net", "slow"} {
		_, err := m.c.AddModel(ctx, api.ModelRequest{Name: name, Path: m.path(oldworkspace.Models, name+".onnx"),
			Classes: m.path(oldworkspace.Models, "classes.txt"), Preprocessing: "plain"})
		if err != nil {
			return err
		}
	}
	job, err = m.c.Evaluate(ctx, api.EvaluateRequest{Dataset: "colours", Model: "net"})
	if err := m.done(ctx, job, err); err != nil {
		return err
	}
	return m.explain(ctx)
}

// explain stores maps of a job, with their trust, and some on demand.
func (m *maker) explain(ctx context.Context) error {
	job, err := m.c.Explain(ctx, api.ExplainRequest{Evaluation: oldworkspace.Evaluation, Methods: []string{"gradcam", "gradient", "occlusion"},
		Targets: []string{"predicted", "contrast"}, Limit: 6, Seed: 3, Trust: true, Sort: "path"})
	if err := m.done(ctx, job, err); err != nil {
		return err
	}
	if err := m.explainAuto(ctx); err != nil {
		return err
	}
	for sample := range int64(4) {
		q := client.MapQuery{Method: "expectedgradients", Target: "predicted", Seed: 5, Options: map[string]string{"samples": "8"}}
		if _, _, err := m.c.Map(ctx, oldworkspace.Evaluation, sample+1, q); err != nil {
			return err
		}
	}
	if _, err := m.c.Layers(ctx, oldworkspace.Evaluation); err != nil {
		return err
	}
	_, err = m.c.Randomisation(ctx, oldworkspace.Evaluation, oldworkspace.Randomised, false)
	return err
}

// explainAuto stores maps by the method that Sightline picks: of a job, assessed, of which
// two are there already by the method's own name; on demand; and the check of that method.
func (m *maker) explainAuto(ctx context.Context) error {
	job, err := m.c.Explain(ctx, api.ExplainRequest{Evaluation: oldworkspace.Evaluation, Methods: []string{"auto"},
		Targets: []string{"predicted"}, Limit: 8, Seed: 3, Trust: true, Sort: "path"})
	if err := m.done(ctx, job, err); err != nil {
		return err
	}
	for sample := range int64(3) {
		q := client.MapQuery{Method: "auto", Target: "predicted", Seed: 9}
		if _, _, err := m.c.Map(ctx, oldworkspace.Evaluation, sample+1, q); err != nil {
			return err
		}
		q.Method = "occlusion"
		if _, err := m.c.Trust(ctx, oldworkspace.Evaluation, sample+1, q, false); err != nil {
			return err
		}
	}
	_, err = m.c.Randomisation(ctx, oldworkspace.Evaluation, client.MapQuery{Method: "auto", Target: "predicted"}, false)
	return err
}

func (m *maker) done(ctx context.Context, job api.Job, err error) error {
	if err == nil {
		job, err = m.c.Wait(ctx, job.ID, nil)
	}
	if err == nil && job.State != api.JobDone {
		err = fmt.Errorf("%s: %s: %s", job.Title, job.State, job.Error)
	}
	return err
}

// leaveCancelled cancels an evaluation that has stored something, not all.
func (m *maker) leaveCancelled(ctx context.Context) error {
	job, err := m.c.Evaluate(ctx, api.EvaluateRequest{Dataset: "colours", Model: "slow"})
	if err != nil {
		return err
	}
	if err := m.midway(ctx, job.ID); err != nil {
		return err
	}
	if err := m.stored(ctx, oldworkspace.Interrupted); err != nil {
		return err
	}
	_, err = m.c.Cancel(ctx, job.ID)
	return err
}

// stored waits until a part of an evaluation is stored: what a job has done may still be with its worker.
func (m *maker) stored(ctx context.Context, evaluation string) error {
	for {
		e, err := m.c.Evaluation(ctx, evaluation, "")
		if err != nil || e.Evaluated > 0 {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// leaveInterrupted leaves a job of maps running, in which the server's end falls.
func (m *maker) leaveInterrupted(ctx context.Context) error {
	job, err := m.c.Explain(ctx, api.ExplainRequest{Evaluation: oldworkspace.Evaluation, Methods: []string{"rise"}, Targets: []string{"contrast"}})
	if err != nil {
		return err
	}
	return m.midway(ctx, job.ID)
}

// midway waits until a job has done a third.
func (m *maker) midway(ctx context.Context, id string) error {
	for {
		job, err := m.c.Job(ctx, id)
		switch {
		case err != nil:
			return err
		case job.State == api.JobDone:
			return fmt.Errorf("%s was done before it could be stopped", job.Title)
		case job.Items > 0 && 3*job.Done > job.Items:
			return nil
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (m *maker) writeFigures(ctx context.Context) error {
	f, err := oldworkspace.Read(ctx, m.c)
	if err != nil {
		return err
	}
	f.Root = m.dir
	content, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(m.path("figures.json"), content, 0o644)
}
