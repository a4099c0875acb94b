package server_test

import (
	"fmt"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/internal/fixture"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/server"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/tasks"
)

// BenchmarkClick is what passes between a click on a sample and its map at the
// browser: the HTTP request, the call of a worker, decoding, preprocessing, the runs
// of the model, storing, the answer. Every iteration is another sample, of a warm
// ResNet-50.
//
//	go test ./server -bench Click -benchtime 30x -run ^$
func BenchmarkClick(b *testing.B) {
	model := testdata.Architecture(b, "resnet50")
	dir := b.TempDir()
	if err := fixture.WriteImages(dir, []string{"red", "green", "blue"}, (b.N+5)/3+2); err != nil {
		b.Fatal(err)
	}
	s, err := server.Start(b.Context(), server.Options{Tasks: tasks.Plan, Workspace: b.TempDir(), Listen: "127.0.0.1:0", Version: "bench", Stderr: b.Output()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close(b.Context()) })
	c := client.New(s.URL(), s.Token())
	wait := func(job api.Job, err error) {
		if err == nil {
			job, err = c.Wait(b.Context(), job.ID, nil)
		}
		if err != nil || job.State != api.JobDone {
			b.Fatal(err, job.Error)
		}
	}
	wait(c.Import(b.Context(), api.ImportRequest{Name: "colours", Path: dir}))
	if _, err := c.AddModel(b.Context(), api.ModelRequest{Name: "net", Path: model, Preprocessing: "imagenet"}); err != nil {
		b.Fatal(err)
	}
	wait(c.Evaluate(b.Context(), api.EvaluateRequest{Dataset: "colours", Model: "net"}))
	list, err := c.Samples(b.Context(), "colours~net", "", "", 0, 1000)
	if err != nil {
		b.Fatal(err)
	}
	click := func(i int, method string) {
		h, _, err := c.Map(b.Context(), "colours~net", list.Samples[i].ID, client.MapQuery{Method: method})
		if err != nil || h.Width != 7 {
			b.Fatal(fmt.Sprint(h, err))
		}
	}
	click(0, "gradcam") // opens the programs
	b.ResetTimer()
	for i := range b.N {
		click(i+1, "gradcam")
	}
}
