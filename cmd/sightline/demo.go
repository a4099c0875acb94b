package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/demo"
	"github.com/sightline/sightline/server"
	"github.com/sightline/sightline/server/api"
)

func demoVerb() verb {
	return verb{name: "demo", group: groupBegin, serves: true,
		summary:  "Make the demonstration (images, models, evaluations) and serve it",
		about:    "The images are drawn and the models are part of the program: nothing is fetched.",
		examples: []string{"sightline demo"},
		define:   defineDemo}
}

func defineDemo(flags *pflag.FlagSet) action {
	serving := serveFlags(flags)
	return func(ctx context.Context, c *call) error {
		return runDemo(ctx, c, *serving)
	}
}

// demoRun is an evaluation of the demonstration, as --json tells it.
type demoRun struct {
	Story      string  `json:"story"`
	Note       string  `json:"note"`
	Evaluation string  `json:"evaluation"`
	Accuracy   float64 `json:"accuracy"` // on the test split
	Page       string  `json:"page"`
	Compared   string  `json:"compared,omitempty"` // the page beside its forerunner
	Findings   string  `json:"findings"`           // in a sentence
}

// runDemo does every step through the API, as the other verbs do; steps that
// are done already cost nothing.
func runDemo(ctx context.Context, c *call, o server.Options) error {
	own, err := c.startServer(ctx, o)
	if err != nil {
		return err
	}
	if !c.json { // who waits can look on
		fmt.Fprintf(c.stderr, "The demonstration is being made, in a minute or two. Its pages fill meanwhile at %s\n", withToken(own.URL(), own))
	}
	s := c.ownSession(ctx, own)
	runs, err := s.tellStories(ctx, own)
	if err != nil {
		s.Close()
		return err
	}
	if !c.json {
		printStories(c, runs)
	}
	return c.serve(ctx, own, map[string]any{"runs": runs})
}

func (s *session) tellStories(ctx context.Context, own *server.Server) ([]demoRun, error) {
	dir := filepath.Join(own.Workspace(), server.DemoFolder)
	if err := s.drawImages(ctx, dir); err != nil {
		return nil, err
	}
	var runs []demoRun
	var have []string                  // datasets and models that are there
	evaluations := map[string]string{} // by dataset and model
	for _, story := range demo.Stories() {
		for _, run := range story.Runs {
			if err := s.prepare(ctx, dir, run, &have); err != nil {
				return nil, err
			}
			e, _, err := s.evaluate(ctx, api.EvaluateRequest{Dataset: run.Dataset, Model: run.Model}, nil)
			if err != nil {
				return nil, err
			}
			page := evaluationPage(own.URL(), e.ID)
			told := demoRun{Story: story.Title, Note: run.Note, Evaluation: e.ID, Accuracy: e.Accuracy, Page: page}
			if run.Before != "" {
				told.Compared = page + "?" + e.Slice + "&vs=" + evaluations[run.Dataset+" "+run.Before]
			}
			evaluations[run.Dataset+" "+run.Model] = e.ID
			if told.Findings, err = s.foundOf(ctx, e, run.Findings); err != nil {
				return nil, err
			}
			runs = append(runs, told)
		}
	}
	return runs, nil
}

func (s *session) drawImages(ctx context.Context, dir string) error {
	show := newProgress(s.call.stderr)
	job := api.Job{Title: "draw the images of the demonstration", State: api.JobRunning}
	lines := make(chan api.Job, 64) // progress may come from any goroutine
	done := make(chan struct{})
	go func() {
		defer close(done)
		for j := range lines {
			show.update(j)
			job = j
		}
	}()
	err := demo.Write(ctx, dir, func(n, total int) {
		select {
		case lines <- api.Job{Title: "draw the images of the demonstration", State: api.JobDone, Items: total, Done: n}:
		default: // the display is behind; the next one will do
		}
	})
	close(lines)
	<-done
	if err != nil {
		return err
	}
	job.Done = job.Items
	show.end(job)
	return nil
}

// foundOf returns what is found of an evaluation in a sentence. Where it is to be tested what the
// model decides by, that is done, after it is declared what the story knows of the regions.
func (s *session) foundOf(ctx context.Context, e api.Evaluation, test bool) (string, error) {
	if !test {
		found, err := s.Findings(ctx, e.ID)
		return found.Headline, err
	}
	var list []api.Declaration
	for region, word := range demo.Declared(e.Dataset) {
		list = append(list, api.Declaration{Region: region, Word: word})
	}
	if _, err := s.Declare(ctx, e.Dataset, api.Declarations{Declared: list}); err != nil {
		return "", err
	}
	found, err := s.find(ctx, e.ID, 0)
	return found.Headline, err
}

// prepare imports the dataset and adds the model of a run, once.
func (s *session) prepare(ctx context.Context, dir string, run demo.Run, have *[]string) error {
	if name := "dataset " + run.Dataset; !slices.Contains(*have, name) {
		folder := filepath.Join(dir, run.Dataset)
		request := api.ImportRequest{Name: run.Dataset, Path: folder, Regions: []string{filepath.Join(folder, demo.RegionsFile)}}
		if _, _, err := s.importDataset(ctx, request); err != nil {
			return err
		}
		*have = append(*have, name)
	}
	if name := "model " + run.Model; !slices.Contains(*have, name) {
		path := filepath.Join(dir, "models", run.Model, "model.onnx")
		if _, err := s.AddModel(ctx, api.ModelRequest{Name: run.Model, Path: path, Replace: true}); err != nil {
			return err
		}
		*have = append(*have, name)
	}
	return nil
}

func printStories(c *call, runs []demoRun) {
	i := 0
	for _, story := range demo.Stories() {
		fmt.Fprintf(c.stdout, "%s\n%s\n", story.Title, wrap(story.Description, 90))
		for _, run := range story.Runs {
			fmt.Fprintf(c.stdout, "  %s\n    %s: right on %s. %s\n", runs[i].Page, run.Model+" on "+run.Dataset, percent(runs[i].Accuracy)+" of the test images", run.Note)
			fmt.Fprintf(c.stdout, "    %s\n", hanging(runs[i].Findings, 4))
			if runs[i].Compared != "" {
				fmt.Fprintf(c.stdout, "    beside its forerunner: %s\n", runs[i].Compared)
			}
			i++
		}
		fmt.Fprintln(c.stdout)
	}
}
