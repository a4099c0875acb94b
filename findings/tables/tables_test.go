package tables

import (
	"cmp"
	"context"
	"slices"
	"testing"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/internal/synthetic"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/results/scoreblock"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/workspace"
)

// The class of confident learning is that of its definition, written slowly over all scores
// (Northcutt, Jiang & Chuang 2021, section 3.1): t_j is the mean score of class j over the images
// labelled j, and an image belongs to the class with the largest score among those with score ≥ t.
func TestConfidentLearningIsItsDefinition(t *testing.T) {
	ctx := context.Background()
	s, err := stores.Open(ctx, t.TempDir(), workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ev, err := synthetic.Fill(ctx, s, synthetic.Size{Samples: 600, Classes: 5}, nil)
	if err != nil {
		t.Fatal(err)
	}
	table, err := Read(ctx, s.Workspace, ev, slice.Slice{})
	if err != nil {
		t.Fatal(err)
	}
	scores, labels := scoresOf(t, s, ev)
	confident, off := slowly(scores, labels), 0
	for _, a := range table.List {
		want := int32(-1)
		if a.Truth != a.Predicted { // of right answers nobody asks
			want = int32(confident[a.Sample])
		}
		if a.Other != want {
			t.Fatalf("sample %d, labelled %d: %d, want %d", a.Sample, a.Truth, a.Other, want)
		}
		if want >= 0 && want != a.Truth {
			off++
		}
	}
	if len(table.List) != len(labels) || off < 20 || off == len(labels) {
		t.Errorf("%d of %d answers; %d suspects", len(table.List), len(labels), off)
	}
	if stamp, err := Stamp(ctx, s.Workspace, ev, slice.Slice{}); err != nil || stamp == "" {
		t.Errorf("%q, %v", stamp, err)
	}
	list, quiet := findings.Figures(table)
	if len(list) == 0 || len(quiet) == 0 {
		t.Errorf("%d found, %d not", len(list), len(quiet))
	}
}

func slowly(scores map[int64][]float64, labels map[int64]int) map[int64]int {
	sum, n := map[int]float64{}, map[int]float64{}
	for id, label := range labels {
		sum[label] += scores[id][label]
		n[label]++
	}
	found := map[int64]int{}
	for id, row := range scores {
		var classes []int
		for j, v := range row {
			if n[j] > 0 && v >= sum[j]/n[j] {
				classes = append(classes, j)
			}
		}
		found[id] = -1
		if len(classes) > 0 {
			found[id] = slices.MaxFunc(classes, func(a, b int) int { return cmp.Compare(row[a], row[b]) })
		}
	}
	return found
}

// scoresOf reads the scores and labels of an evaluation as they are exported.
func scoresOf(t *testing.T, s *stores.Stores, ev *results.Evaluation) (scores map[int64][]float64, labels map[int64]int) {
	t.Helper()
	scores, labels = map[int64][]float64{}, map[int64]int{}
	files, err := workspace.QueryAll[string](context.Background(), s.Workspace, `SELECT file FROM blocks WHERE file <> ''`)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		b, err := scoreblock.Open(s.Workspace.Path(name))
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		ids, _ := b.Samples()
		truth, _ := b.Truth()
		for i, id := range ids {
			row, _ := b.Row(i)
			norm, err := b.Norm(i)
			if err != nil {
				t.Fatal(err)
			}
			if truth[i] < 0 {
				continue
			}
			labels[id] = int(truth[i])
			for _, v := range row {
				scores[id] = append(scores[id], float64(b.Kind.Score(v, norm)))
			}
		}
	}
	return scores, labels
}
