package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/tasks"
	"github.com/sightline/sightline/workspace"
)

// How much there is of each thing. Of jobs, more than a page may hold.
const (
	manyModels, manyJobs          = 120, 1100
	manyDatasets, manyEvaluations = 20, 30
)

// crowded serves a workspace with many rows in each list. Jobs are in groups of
// seven that were made in the same microsecond.
func crowded(t *testing.T) (*server.Server, *client.Client) {
	t.Helper()
	dir, ctx := t.TempDir(), t.Context()
	w, err := stores.Open(ctx, dir, workspace.Options{})
	must(t, err)
	for i := range manyDatasets {
		scan := &dataset.Result{Source: dataset.Source{Root: "/nowhere"}, Layout: "folders", Samples: []dataset.Sample{
			{Path: "a.png", Label: "cake", Labelled: true, Hash: fmt.Sprintf("%032x", i), Bytes: 100, Format: "png", Width: 8, Height: 8, Orientation: 1}}}
		_, err := w.Catalog.Import(ctx, fmt.Sprintf("data %03d", i), scan)
		must(t, err)
	}
	for i := range manyModels {
		name := fmt.Sprintf("net %04d", i)
		_, err := w.Catalog.PutModel(ctx, name, "none", json.RawMessage(`{"name":"`+name+`","classes":["cake","pie"]}`), results.OfModel)
		must(t, err)
	}
	for i := range manyEvaluations {
		_, _, err := w.Results.PlanEvaluation(ctx, results.EvaluationPlan{Dataset: fmt.Sprintf("data %03d", i%manyDatasets), Model: fmt.Sprintf("net %04d", i),
			Job: "j", Classes: []string{"cake", "pie"}, Matching: json.RawMessage(`{}`), LabelClass: map[string]int{"cake": 0}})
		must(t, err)
	}
	kept, err := jobs.NewSQLStore(ctx, w.Workspace)
	must(t, err)
	must(t, kept.PutJob(ctx, jobs.Job{ID: "first", Kind: "evaluate", Title: "x", State: jobs.Done, Created: time.UnixMicro(1_700_000_000_000_000), Finished: time.Now()}))
	must(t, w.Workspace.Update(ctx, func(tx *workspace.Tx) error { // the others after it, in one statement
		_, err := tx.Exec(ctx, `INSERT INTO jobs SELECT j.* REPLACE (format('j{:04d}.{}', i, i * 7919 % $1) AS id, created + to_microseconds(i // 7) AS created)
			FROM jobs j, range(1, $1) r(i)`, manyJobs)
		return err
	}))
	must(t, w.Close())
	s, err := server.Start(ctx, server.Options{Tasks: tasks.Plan, Workspace: dir, Listen: "127.0.0.1:0", Version: "test", Stderr: t.Output()})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close(context.Background())) })
	return s, client.New(s.URL(), s.Token())
}

// page is a page of any list by the names or ids in it.
func page(t *testing.T, s *server.Server, list, after string, limit int) (names []string, next string) {
	t.Helper()
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	if after != "" {
		query.Set("after", after)
	}
	status, _, body := request(t, "GET", s.URL()+"/api/"+list+"?"+query.Encode(), "")
	var answer struct {
		Datasets, Models  []struct{ Name string }
		Evaluations, Jobs []struct{ ID string }
		Next              string
	}
	if status != 200 {
		t.Fatalf("%s after %q: %d %s", list, after, status, body)
	}
	must(t, json.Unmarshal([]byte(body), &answer))
	for _, named := range append(answer.Datasets, answer.Models...) {
		names = append(names, named.Name)
	}
	for _, e := range append(answer.Evaluations, answer.Jobs...) {
		names = append(names, e.ID)
	}
	return names, answer.Next
}

// Page by page a list has every entry once, in the order that it has as a whole.
func TestListsAreInPages(t *testing.T) {
	s, c := crowded(t)
	for list, limit := range map[string]int{"datasets": 7, "models": 25, "evaluations": 9, "jobs": 100} {
		want := whole(t, c, list)
		var got []string
		for next, more := "", true; more; more = next != "" {
			var names []string
			names, next = page(t, s, list, next, limit)
			if len(names) > limit || len(names) < limit && next != "" {
				t.Errorf("%s: a page of %d with %d entries, next %q", list, limit, len(names), next)
			}
			got = append(got, names...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %d entries in pages, %d in all; or in another order", list, len(got), len(want))
		}
		if len(want) > 1000 {
			continue
		}
		if names, next := page(t, s, list, "", len(want)); len(names) != len(want) || next != "" {
			t.Errorf("%s: a page that holds all has %d of %d, next %q", list, len(names), len(want), next)
		}
	}
	wantPagesToHold(t, s, c)
}

// whole is a list as the client gives it, which checks how long it is and its order.
func whole(t *testing.T, c *client.Client, list string) (names []string) {
	t.Helper()
	ctx := t.Context()
	switch list {
	case "datasets":
		all, err := c.Datasets(ctx)
		must(t, err)
		names = namesOf(all, func(d api.Dataset) string { return d.Name })
		wantOrder(t, list, names, manyDatasets)
	case "models":
		all, err := c.Models(ctx)
		must(t, err)
		names = namesOf(all, func(m api.Model) string { return m.Name })
		wantOrder(t, list, names, manyModels)
	case "evaluations":
		all, err := c.Evaluations(ctx)
		must(t, err)
		names = namesOf(all, func(e api.EvaluationSummary) string { return e.ID })
		wantOrder(t, list, namesOf(all, func(e api.EvaluationSummary) string { return fmt.Sprint(9e15-e.Created.UnixMicro(), e.ID) }), manyEvaluations)
	case "jobs":
		all, err := c.Jobs(ctx)
		must(t, err)
		names = namesOf(all, func(j api.Job) string { return j.ID })
		wantOrder(t, list, namesOf(all, func(j api.Job) string { return fmt.Sprint(9e15-j.Created.UnixMicro(), j.ID) }), manyJobs)
	}
	return names
}

func namesOf[T any](list []T, name func(T) string) []string {
	names := make([]string, len(list))
	for i, entry := range list {
		names[i] = name(entry)
	}
	return names
}

func wantOrder(t *testing.T, list string, keys []string, count int) {
	t.Helper()
	if len(keys) != count || !slices.IsSorted(keys) || len(slices.Compact(keys)) != count {
		t.Errorf("%s: %d entries, want %d in order: %.200q", list, len(keys), count, keys)
	}
}

// wantPagesToHold: what goes between two pages, even the entry that the next one
// begins after, neither repeats nor skips others. A page cannot begin nowhere.
func wantPagesToHold(t *testing.T, s *server.Server, c *client.Client) {
	t.Helper()
	before := whole(t, c, "evaluations")
	first, next := page(t, s, "evaluations", "", 5)
	_, err := c.RemoveEvaluation(t.Context(), first[4])
	must(t, err)
	if second, _ := page(t, s, "evaluations", next, 5); !slices.Equal(second, before[5:10]) {
		t.Errorf("after %q came %q, want %q", first, second, before[5:10])
	}
	for _, list := range []string{"jobs", "evaluations"} {
		if status, _, body := request(t, "GET", s.URL()+"/api/"+list+"?after=nowhere", ""); status != 400 {
			t.Errorf("%s after nowhere: %d %s", list, status, body)
		}
	}
	if status, _, _ := request(t, "GET", s.URL()+"/api/jobs?limit=1001", ""); status != 422 {
		t.Errorf("a page of 1001: %d", status)
	}
}
