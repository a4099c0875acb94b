package server_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/console"
	"github.com/sightline/sightline/internal/fixture"
	"github.com/sightline/sightline/server"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/tasks"
	"github.com/sightline/sightline/worker"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestMain lets the test binary stand in for the worker program.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == console.Argument {
		if err := console.Child(os.Stdin, os.Stdout); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		return
	}
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		if err := worker.Run(context.Background(), 0, tasks.Work); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// start runs a server on a fresh workspace and returns its client.
func start(t *testing.T) (*server.Server, *client.Client) {
	t.Helper()
	s := startWith(t, server.Options{})
	return s, client.New(s.URL(), s.Token())
}

// startWith is start with options of the test's own.
func startWith(t *testing.T, o server.Options) *server.Server {
	t.Helper()
	o.Tasks, o.Workspace, o.Listen, o.Version, o.Stderr = tasks.Plan, t.TempDir(), "127.0.0.1:0", "test", t.Output()
	s, err := server.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return s
}

// evaluated runs a server that has evaluated a model on 12 images.
func evaluated(t *testing.T) (*server.Server, *client.Client) {
	t.Helper()
	s, c := start(t)
	dir := t.TempDir()
	photos, model, classes := filepath.Join(dir, "photos"), filepath.Join(dir, "net.onnx"), filepath.Join(dir, "classes.txt")
	must(t, fixture.WriteImages(photos, []string{"red", "green", "blue"}, 4))
	must(t, os.Rename(filepath.Join(photos, "red", "03.png"), filepath.Join(photos, "blue", "wrong.png")))
	must(t, fixture.WriteModel(model, "colours"))
	must(t, os.WriteFile(classes, []byte("red\ngreen\nblue\n"), 0o644))
	weather := filepath.Join(dir, "weather.jsonl")
	must(t, os.WriteFile(weather, []byte("{\"path\": \"red/00.png\", \"weather\": \"rain\"}\n{\"path\": \"blue/01.png\", \"weather\": \"snow\"}\n"), 0o644))
	job, err := c.Import(t.Context(), api.ImportRequest{Name: "colours", Path: photos, Columns: []string{weather}})
	must(t, err)
	finish(t, c, job)
	_, err = c.AddModel(t.Context(), api.ModelRequest{Name: "net", Path: model, Classes: classes, Preprocessing: "plain"})
	must(t, err)
	job, err = c.Evaluate(t.Context(), api.EvaluateRequest{Dataset: "colours", Model: "net"})
	must(t, err)
	finish(t, c, job)
	return s, c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func finish(t *testing.T, c *client.Client, job api.Job) {
	t.Helper()
	job, err := c.Wait(t.Context(), job.ID, nil)
	must(t, err)
	if job.State != api.JobDone {
		t.Fatalf("%s: %s: %s", job.Title, job.State, job.Error)
	}
}

// The description of the API is the file that the documentation shows and the
// interface takes its types from.
func TestOpenAPIGolden(t *testing.T) {
	s, _ := start(t)
	res, err := http.Get(s.URL() + "/openapi.json")
	must(t, err)
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	must(t, err)
	var pretty bytes.Buffer
	must(t, json.Indent(&pretty, content, "", "  "))
	pretty.WriteByte('\n')
	golden := filepath.Join("..", "docs", "openapi.json")
	if *update {
		must(t, os.WriteFile(golden, pretty.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	must(t, err)
	if !bytes.Equal(pretty.Bytes(), want) {
		t.Errorf("%s is not what the server says: run `go test ./server -run OpenAPI -update` and look at the difference", golden)
	}
}

// checkIntervals: of red 3 of 4 predicted and 3 of 3 labelled are right; 1 of 5 blue is taken for red. The values are
// statsmodels.stats.proportion.proportion_confint(count, n, method="wilson").
func checkIntervals(t *testing.T, red api.ClassMetrics, blueAsRed api.Confusion) {
	t.Helper()
	got := []float64{red.PrecisionLow, red.PrecisionHigh, red.RecallLow, red.RecallHigh, blueAsRed.ShareLow, blueAsRed.ShareHigh}
	for i, want := range []float64{0.30064184, 0.95441274, 0.43850297, 1, 0.03622411, 0.62446537} {
		if math.Abs(got[i]-want) > 1e-7 {
			t.Errorf("interval ends %v: the one at %d is not %v", got, i, want)
		}
	}
}

func TestEvaluationRoutes(t *testing.T) {
	_, c := evaluated(t)
	ctx := t.Context()
	e, err := c.Evaluation(ctx, "colours~net", "")
	must(t, err)
	if e.Evaluated != 12 || e.Correct != 11 || e.State != api.JobDone || len(e.PerClass) != 3 || e.Warnings == nil || e.Unmatched == nil {
		t.Errorf("evaluation: %+v", e)
	}
	models, err := c.Models(ctx)
	must(t, err)
	whole, err := c.Model(ctx, "net")
	must(t, err)
	if len(models) != 1 || len(models[0].Classes) != 0 || models[0].Output.Classes != 3 || len(whole.Classes) != 3 {
		t.Errorf("the list of models is %+v, one of them %+v", models, whole)
	}
	listed, err := c.Evaluations(ctx)
	must(t, err)
	if h := e.Headline; len(listed) != 1 || listed[0].Headline != h || h.Name != "all" || h.Correct != 11 || h.Samples != 12 || h.AccuracyLow != e.AccuracyLow ||
		listed[0].Accuracy != e.Accuracy || listed[0].Predicted != 12 {
		t.Errorf("the headline in the list is %+v, of the evaluation %+v", listed, h)
	}
	counts, rows, columns, err := c.Matrix(ctx, e.ID, "")
	must(t, err)
	want := []uint32{3, 0, 0, 0, 0, 4, 0, 0, 1, 0, 4, 0} // rows red, green, blue; the last column is no decision
	if rows != 3 || columns != 4 || !equal(counts, want) {
		t.Errorf("matrix %d×%d: %v, want %v", rows, columns, counts, want)
	}
	counts, _, _, err = c.Matrix(ctx, e.ID, "threshold=1")
	must(t, err)
	if sum(counts) != 12 || counts[3]+counts[7]+counts[11] == 0 {
		t.Errorf("at threshold 1 the matrix is %v", counts)
	}
	confusions, err := c.Confusions(ctx, e.ID, "", 5)
	must(t, err)
	if len(confusions) != 1 || confusions[0].Label != 2 || confusions[0].Predicted != 0 || confusions[0].Count != 1 {
		t.Errorf("confusions: %+v", confusions)
	}
	checkIntervals(t, e.PerClass[0], confusions[0])
	list, err := c.Samples(ctx, e.ID, "label=2&predicted=0", "", 0, 10)
	must(t, err)
	if list.Total != 1 || len(list.Samples) != 1 || list.Samples[0].Path != "blue/wrong.png" || list.Samples[0].Width != 24 {
		t.Errorf("the cell's samples: %+v", list)
	}
}

// answer reads the JSON that a route answers with.
func answer[T any](t *testing.T, address string) (value T) {
	t.Helper()
	status, _, body := request(t, "GET", address, "")
	if status != http.StatusOK {
		t.Fatalf("%s: status %d: %s", address, status, body)
	}
	must(t, json.Unmarshal([]byte(body), &value))
	return value
}

func equal(a, b []uint32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func sum(list []uint32) (n uint32) {
	for _, v := range list {
		n += v
	}
	return n
}

func TestMaps(t *testing.T) {
	s, c := evaluated(t)
	list, err := c.Samples(t.Context(), "colours~net", "label=0", "", 0, 1)
	must(t, err)
	sample := list.Samples[0]
	for _, method := range []string{"occlusion", "rise"} {
		h, values, err := c.Map(t.Context(), "colours~net", sample.ID, client.MapQuery{Method: method})
		must(t, err)
		if h.Method != method || h.TargetName != "red" || h.Geometry.DisplayWidth != 24 || len(values) != h.Width*h.Height || h.Degenerate != "" {
			t.Errorf("%s: %+v", method, h)
		}
		again, same, err := c.Map(t.Context(), "colours~net", sample.ID, client.MapQuery{Method: method})
		must(t, err)
		if again.Seconds != h.Seconds || len(same) != len(values) {
			t.Errorf("%s: asked again, the map was not taken from the store", method)
		}
	}
	published := client.MapQuery{Method: "rise", Target: "predicted", Seed: 4, Options: map[string]string{"scaling": "published", "fill": "1,2,3"}}
	h, _, err := c.Map(t.Context(), "colours~net", sample.ID, published)
	must(t, err)
	if h.Options["scaling"] != "published" || h.Options["fill"] != "1,2,3" || h.Seed != 4 || h.Min < 0 {
		t.Errorf("the published scaling of a probability is never negative: %+v", h)
	}
	published.Options["scaling"] = "loud"
	if _, _, err := c.Map(t.Context(), "colours~net", sample.ID, published); err == nil || !strings.Contains(err.Error(), "centred or published") {
		t.Errorf("a scaling that does not exist: %v", err)
	}
	for _, method := range []string{"rise", "ig", "smoothgrad"} {
		watchMap(t, s.URL()+"/api/evaluations/colours~net/samples/"+itoa(sample.ID)+"/map/events?method="+method+"&target=contrast&seed=7")
	}
}

// watchMap follows a map while it is made: the stream reports progress, with a
// map each time there is one, and ends with the map.
func watchMap(t *testing.T, address string) {
	t.Helper()
	res, err := http.Get(address)
	must(t, err)
	defer res.Body.Close()
	var events []string
	must(t, client.ReadEvents(res.Body, func(event string, data []byte) error {
		if events = append(events, event); event == "progress" {
			var p api.MeasureProgress
			must(t, json.Unmarshal(data, &p))
			if p.Done <= 0 || p.Done > p.Total || p.Rate <= 0 {
				t.Errorf("%s: progress %+v", address, p)
			}
			return nil
		}
		var snapshot api.MapSnapshot
		must(t, json.Unmarshal(data, &snapshot))
		values, err := base64.StdEncoding.DecodeString(snapshot.Values)
		if want := 4 * snapshot.Width * snapshot.Height; len(values) != want {
			t.Errorf("%s: a snapshot of %d bytes, want %d", address, len(values), want)
		}
		return err
	}))
	if len(events) < 2 || events[0] != "progress" || events[len(events)-1] != "done" {
		t.Errorf("%s: events %v", address, events)
	}
}

// A stream that fails ends with the status and the words that the plain request gets.
func TestFailedStream(t *testing.T) {
	s, c := evaluated(t)
	list, err := c.Samples(t.Context(), "colours~net", "", "", 0, 1)
	must(t, err)
	query := "/map/events?method=attention"
	res, err := http.Get(s.URL() + "/api/evaluations/colours~net/samples/" + itoa(list.Samples[0].ID) + query)
	must(t, err)
	defer res.Body.Close()
	var failed api.StreamError
	must(t, client.ReadEvents(res.Body, func(event string, data []byte) error {
		if event != "error" {
			t.Errorf("event %s", event)
		}
		return json.Unmarshal(data, &failed)
	}))
	_, _, err = c.Map(t.Context(), "colours~net", list.Samples[0].ID, client.MapQuery{Method: "attention"})
	if failed.Status != http.StatusUnprocessableEntity || !strings.HasPrefix(failed.Detail, "attention: the model has no attention") || err == nil || !strings.Contains(err.Error(), failed.Detail) {
		t.Errorf("the stream ended with %+v, the request with %v", failed, err)
	}
}

// A page that watches a map does not keep the server from closing.
func TestCloseEndsStreams(t *testing.T) {
	s, c := evaluated(t)
	list, err := c.Samples(t.Context(), "colours~net", "", "", 0, 1)
	must(t, err)
	res, err := http.Get(s.URL() + "/api/evaluations/colours~net/samples/" + itoa(list.Samples[0].ID) + "/map/events?method=rise&seed=99")
	must(t, err)
	defer res.Body.Close()
	began := time.Now()
	must(t, s.Close(t.Context()))
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("closing took %v", took)
	}
	if _, err := http.Get(s.URL() + "/api/status"); err == nil {
		t.Error("the server still answers")
	}
}

func itoa(id int64) string { return strings.TrimSpace(string(must2(json.Marshal(id)))) }

func must2(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

// Every error is a problem document that says what to do.
func TestStatusCodes(t *testing.T) {
	s, _ := evaluated(t)
	tests := []struct {
		method, path, body string
		want               int
		detail             string
	}{
		{"GET", "/api/status", "", 200, ""},
		{"GET", "/api/datasets/colours", "", 200, ""},
		{"GET", "/api/datasets/colours/problems", "", 200, ""},
		{"GET", "/api/models/net", "", 200, ""},
		{"GET", "/api/methods", "", 200, ""},
		{"GET", "/api/evaluations/colours~net/curve/0", "", 200, ""},
		{"GET", "/api/evaluations/colours~net/histogram?bins=10", "", 200, ""},
		{"GET", "/api/evaluations/colours~net/predictions?format=csv", "", 200, ""},
		{"GET", "/api/datasets/nothing", "", 404, "nothing"},
		{"GET", "/api/models/nothing", "", 404, "nothing"},
		{"GET", "/api/evaluations/nothing", "", 404, "nothing"},
		{"GET", "/api/evaluations/nothing/matrix", "", 404, "nothing"},
		{"GET", "/api/evaluations/colours~net/samples/999999", "", 404, "999999"},
		{"GET", "/api/evaluations/colours~net/curve/77", "", 404, "0 to 2"},
		{"GET", "/api/datasets/colours/samples/999999/image", "", 404, "999999"},
		{"GET", "/api/datasets/%ff", "", 400, "UTF-8"},
		{"GET", "/api/evaluations/colours~net/samples?q=%ff", "", 400, "UTF-8"},
		{"GET", "/api/evaluations/colours~net/samples?sort=beauty", "", 422, "sort"},
		{"GET", "/api/evaluations/colours~net/samples?limit=0", "", 422, "limit"},
		{"GET", "/api/evaluations/colours~net/samples?colour=red", "", 422, "colour"},
		{"GET", "/api/evaluations/colours~net/samples?min_score=0.5", "", 422, "need class"},
		{"GET", "/api/evaluations/colours~net/samples?min_score=0.5&class=9", "", 400, "0 to 2"},
		{"GET", "/api/evaluations/colours~net/samples?min_score=0.5&class=1", "", 200, ""},
		{"GET", "/api/evaluations/colours~net/samples?label=red,!green", "", 400, "! are written as they are"},
		{"GET", "/api/evaluations/colours~net/samples?label=red,2&score(blue)=0.1-&score%281%29=!0.9-&limit=5&sort=path", "", 200, ""},
		{"GET", "/api/evaluations/colours~net/samples?label=77", "", 400, "label is 77: the classes are 0 to 2"},
		{"GET", "/api/evaluations/colours~net/samples?label=name:77", "", 400, "no such class; it has red, green, blue"},
		{"GET", "/api/evaluations/colours~net/samples/1?label=77", "", 400, "label is 77"},
		{"GET", "/api/evaluations/colours~net/matrix?labl=red", "", 422, "labl is no criterion: there are label, predicted"},
		{"GET", "/api/evaluations/colours~net/confusions?split=no&split=yes", "", 422, "split is given twice"},
		{"GET", "/api/evaluations/colours~net/histogram?correct=maybe&bins=2", "", 422, "correct is"},
		{"GET", "/api/evaluations/colours~net?label=red&threshold=0.5", "", 200, ""},
		{"GET", "/api/evaluations/colours~net/curve/0?split=no", "", 400, "split is no: the dataset has no splits"},
		{"GET", "/api/evaluations/colours~net/failures?label=red", "", 422, "label"},
		{"GET", "/api/evaluations/nothing/samples?label=red", "", 404, "nothing"},
		{"GET", "/api/evaluations/colours~net/failures", "", 200, "[]"},
		{"GET", "/api/evaluations/colours~net/samples/1/map?method=magic", "", 400, "magic"},
		{"GET", "/api/evaluations/colours~net/samples/1/map?target=class:9", "", 400, "0 to 2"},
		{"GET", "/api/evaluations/colours~net/samples/1/map/events?target=nonsense", "", 400, "nonsense"},
		{"GET", "/api/evaluations/colours~net/matrix?threshold=2", "", 422, "threshold"},
		{"GET", "/api/evaluations/colours~net?threshold=NaN", "", 422, "threshold"},
		{"GET", "/api/evaluations/colours~net/samples?threshold=NaN", "", 422, "threshold"},
		{"GET", "/api/jobs/nothing", "", 404, "no such job"},
		{"GET", "/api/jobs/nothing/events", "", 404, "no such job"},
		{"POST", "/api/evaluations", `{"dataset":"nothing","model":"net"}`, 404, "nothing"},
		{"POST", "/api/evaluations", `{"dataset":"colours"}`, 422, "model"},
		{"POST", "/api/datasets", `{"path":"relative"}`, 400, "absolute"},
		{"POST", "/api/models", `{"path":"/nowhere/net.onnx"}`, 400, "/nowhere/net.onnx"},
		{"POST", "/api/explanations", `{"evaluation":"colours~net","filter":{},"method":"magic","target":"predicted","limit":1}`, 400, "magic"},
		{"POST", "/api/explanations", `{"evaluation":"colours~net","filter":{},"method":"rise","target":"class:3"}`, 400, "0 to 2"},
		{"POST", "/api/explanations", `{"evaluation":"colours~net","slice":"labl=1","method":"rise","target":"predicted"}`, 400, "slice: labl is no criterion"},
		{"POST", "/api/explanations", `{"evaluation":"colours~net","slice":"label=3","method":"rise","target":"predicted"}`, 400, "0 to 2"},
		{"POST", "/api/explanations", `{"evaluation":"colours~net","filter":{"labl":1},"method":"rise","target":"predicted"}`, 400, "filter: labl is no criterion"},
		{"POST", "/api/explanations", `{"evaluation":"colours~net","slice":"label=1","filter":{"label":1},"method":"rise","target":"predicted"}`, 400, "label is given twice"},
		{"POST", "/api/explanations", `{"evaluation":"nothing","filter":{},"method":"rise","target":"predicted"}`, 404, "nothing"},
		{"PUT", "/api/datasets/colours", "", 405, ""},
	}
	for _, test := range tests {
		status, contentType, body := request(t, test.method, s.URL()+test.path, test.body)
		if status != test.want || !strings.Contains(body, test.detail) {
			t.Errorf("%s %s: status %d, want %d with %q: %s", test.method, test.path, status, test.want, test.detail, body)
		}
		if status >= 400 && test.detail != "" && contentType != "application/problem+json" {
			t.Errorf("%s %s: an error of type %s", test.method, test.path, contentType)
		}
	}
}

func request(t *testing.T, method, address, body string) (int, string, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	must(t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	must(t, err)
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	must(t, err)
	return res.StatusCode, res.Header.Get("Content-Type"), string(content)
}
