package client_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

// A dataset and a model become figures, and the figures lead to an image. The
// model tells colours apart; one red image lies in the folder of the blue ones.
func Example() {
	address, dir := serve() // as after `sightline serve`; dir has photos and a model
	ctx, c := context.Background(), client.New(address, "")
	defer c.Close()

	evaluate(ctx, c, dir+"/photos", dir+"/net.onnx", dir+"/classes.txt")
	e, err := c.Evaluation(ctx, "colours~net", "")
	check(err)
	fmt.Printf("%d of %d right\n", e.Correct, e.Evaluated)

	counts, rows, columns, err := c.Matrix(ctx, e.ID, "")
	check(err)
	for row := range rows {
		fmt.Println(counts[row*columns : (row+1)*columns])
	}
	wrong, err := c.Samples(ctx, e.ID, "label=blue&predicted=red", "-confidence", 0, 10)
	check(err)
	for _, s := range wrong.Samples {
		detail, err := c.Sample(ctx, e.ID, s.ID)
		check(err)
		fmt.Println(detail.Path, "is", detail.LabelName, "and was taken for", detail.Scores[0].Name)
		var image bytes.Buffer
		check(c.Image(ctx, detail.Dataset, s.ID, &image))
		fmt.Println(http.DetectContentType(image.Bytes()))
	}
	// Output:
	// 11 of 12 right
	// [3 0 0 0]
	// [0 4 0 0]
	// [1 0 4 0]
	// blue/wrong.png is blue and was taken for red
	// image/png
}

// What speaks for red rather than for blue, where, and what is known of the model.
func Example_maps() {
	address, dir := serve()
	ctx, c := context.Background(), client.New(address, "")
	defer c.Close()

	evaluate(ctx, c, dir+"/photos", dir+"/net.onnx", dir+"/classes.txt")
	wrong, err := c.Samples(ctx, "colours~net", "label=blue&predicted=red", "", 0, 1)
	check(err)
	sample, query := wrong.Samples[0].ID, client.MapQuery{Method: "occlusion", Target: "contrast"}
	header, values, err := c.Map(ctx, "colours~net", sample, query)
	check(err)
	fmt.Printf("%s: %s rather than %s, %d×%d cells, %d values\n",
		header.Method, header.TargetName, header.MinusName, header.Width, header.Height, len(values))

	stored, err := c.StoredMaps(ctx, "colours~net", sample, "contrast")
	check(err)
	for _, m := range stored {
		fmt.Println("stored:", m.Method, m.Target)
	}
	chosen, err := c.Automatic(ctx, "colours~net")
	check(err)
	unfit, err := c.Unfit(ctx, "colours~net")
	check(err)
	fmt.Println("auto means", chosen.Method+"; attention fits:", unfit["attention"] == "")
	layers, err := c.Layers(ctx, "colours~net")
	check(err)
	fmt.Println("layers for CAM methods:", len(layers.Layers))

	r, err := c.Randomisation(ctx, "colours~net", client.MapQuery{Method: "occlusion"}, false)
	check(err)
	fmt.Println("layers with weights:", r.Layers)
	// Output:
	// occlusion: red rather than blue, 8×8 cells, 64 values
	// stored: occlusion contrast
	// auto means gradcam; attention fits: false
	// layers for CAM methods: 1
	// layers with weights: 2
}

// evaluate imports photos and a model, and runs the one on the other. What is there
// already stays as it is.
func evaluate(ctx context.Context, c *client.Client, photos, model, classes string) {
	job, err := c.Import(ctx, api.ImportRequest{Name: "colours", Path: photos})
	wait(c, job, err)
	_, err = c.AddModel(ctx, api.ModelRequest{Name: "net", Path: model, Classes: classes, Preprocessing: "plain"})
	check(err)
	job, err = c.Evaluate(ctx, api.EvaluateRequest{Dataset: "colours", Model: "net"})
	wait(c, job, err)
}

func wait(c *client.Client, job api.Job, err error) {
	check(err)
	job, err = c.Wait(context.Background(), job.ID, nil)
	check(err)
	if job.State != api.JobDone {
		log.Fatalf("%s: %s", job.Title, job.Error)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
