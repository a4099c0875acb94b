package server_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/internal/oldworkspace"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/server"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/tasks"
)

// A workspace that an earlier version made has the figures that it had then, to the
// bit, and goes on with the jobs that were stopped.
func TestOldWorkspaces(t *testing.T) {
	names := oldworkspace.Names()
	for i, name := range names {
		t.Run(name, func(t *testing.T) {
			if i > 0 && i < len(names)-1 {
				thorough.Only(t) // the oldest goes through every step of the newer ones
			}
			dir := t.TempDir()
			want, err := oldworkspace.Unpack(name, dir)
			must(t, err)
			s, err := server.Start(t.Context(), server.Options{Tasks: tasks.Plan, Workspace: filepath.Join(dir, oldworkspace.Workspace), Listen: "127.0.0.1:0", Stderr: t.Output()})
			must(t, err)
			defer s.Close(t.Context())
			c := client.New(s.URL(), s.Token())
			got, err := oldworkspace.Read(t.Context(), c)
			must(t, err)
			got.Root = want.Root
			want.Maps = renamed(want.Maps)
			slices.SortStableFunc(got.Maps, bySampleAndName)
			if g, w := asJSON(t, got), asJSON(t, want); g != w {
				t.Errorf("the figures are other ones:\n%s\nwere\n%s", g, w)
			}
			sharesOfOld(t, c, want)
			if i == 0 || i == len(names)-1 {
				thorough.Only(t) // the jobs that it left: half a minute each
				resumeOld(t, c, want)
			}
		})
	}
}

// renamed gives maps that were asked for as auto the name of the method that it chose for the
// model of the old workspaces; where there is such a map already, it is that one.
func renamed(old []oldworkspace.Map) (list []oldworkspace.Map) {
	for _, m := range old {
		if m.Method != "auto" {
			list = append(list, m)
		}
	}
	for _, m := range old {
		if m.Method != "auto" {
			continue
		}
		m.Method = "gradcam"
		if !slices.ContainsFunc(list, func(l oldworkspace.Map) bool { return bySampleAndName(l, m) == 0 }) {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, bySampleAndName)
	return list
}

func bySampleAndName(a, b oldworkspace.Map) int {
	return cmp.Or(cmp.Compare(a.Sample, b.Sample), cmp.Compare(a.Method, b.Method), cmp.Compare(a.Target, b.Target), cmp.Compare(a.Seed, b.Seed))
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.MarshalIndent(v, "", " ")
	must(t, err)
	return string(data)
}

// sharesOfOld asks what maps say of regions that were stored before that was: it comes
// from the maps.
func sharesOfOld(t *testing.T, c *client.Client, want *oldworkspace.Figures) {
	t.Helper()
	ctx := t.Context()
	q := client.ShareQuery{Methods: []string{"gradcam", "occlusion"}, Targets: []string{"predicted", "contrast"}, Seed: 3, Sort: "path", Trust: true}
	list, err := c.Shares(ctx, oldworkspace.Evaluation, q)
	must(t, err)
	if list.Missing != 0 || len(list.Summaries) != 4 {
		t.Fatalf("%+v", list)
	}
	for _, s := range list.Summaries {
		sum, maps := 0.0, 0
		for _, m := range want.Maps {
			if m.Method == s.Method && m.Target == s.Target && m.Seed == q.Seed {
				maps++
			}
		}
		for _, r := range s.Regions {
			if strings.HasPrefix(r.Region, "grid ") {
				sum += r.Share.Mean
			}
		}
		if s.Maps != maps || len(s.Verdicts) == 0 || s.Verdicts["red"] < maps && math.Abs(sum-1) > 1e-9 {
			t.Errorf("the grid holds %v of the attribution; %+v", sum, s)
		}
	}
	var table bytes.Buffer
	must(t, c.ShareTable(ctx, oldworkspace.Evaluation, q, &table))
	if !strings.HasPrefix(table.String(), "PAR1") {
		t.Errorf("the table has %d bytes and is no Parquet file", table.Len())
	}
	job, err := c.MeasureShares(ctx, oldworkspace.Evaluation, q)
	must(t, err)
	finish(t, c, job)
	if job, err = c.Job(ctx, job.ID); err != nil || job.Items != 0 {
		t.Errorf("there is nothing left to measure: %+v, %v", job, err)
	}
}

// resumeOld resumes the two jobs that were stopped: what they lack is done.
func resumeOld(t *testing.T, c *client.Client, want *oldworkspace.Figures) {
	t.Helper()
	ctx := t.Context()
	list, err := c.Jobs(ctx)
	must(t, err)
	stopped := map[api.JobState]bool{}
	for _, job := range list {
		if job.State == api.JobDone {
			continue
		}
		stopped[job.State] = true
		before := job.Done
		job, err := c.Resume(ctx, job.ID)
		must(t, err)
		finish(t, c, job)
		job, err = c.Job(ctx, job.ID)
		must(t, err)
		if before == 0 || job.Failed != 0 || job.Done != job.Items || job.Items != len(want.Predictions) {
			t.Errorf("%s: %d of %d items before, then %+v", job.Title, before, job.Items, job)
		}
	}
	if !stopped[api.JobCancelled] || !stopped[api.JobInterrupted] || len(stopped) != 2 {
		t.Errorf("jobs that were stopped: %v; want one cancelled and one interrupted", stopped)
	}
	e, err := c.Evaluation(ctx, oldworkspace.Interrupted, "")
	must(t, err)
	if e.Evaluated != want.Evaluated || e.Correct != want.Evaluated-1 { // a red image is among the blue
		t.Errorf("the resumed evaluation has %d samples, %d right; want %d, all but one right", e.Evaluated, e.Correct, want.Evaluated)
	}
	for _, p := range want.Predictions {
		maps, err := c.StoredMaps(ctx, oldworkspace.Evaluation, p.ID, "contrast")
		must(t, err)
		if len(maps) == 0 || maps[len(maps)-1].Method != "rise" {
			t.Fatalf("sample %d has maps %+v; the resumed job makes one with rise", p.ID, maps)
		}
	}
}
