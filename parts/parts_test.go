package parts_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/sightline/sightline/internal/synthetic"
	"github.com/sightline/sightline/parts"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/workspace"
)

const evaluation = "synthetic~random"

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// What is stored of a class is read again, is replaced by what is found later, keeps its names, and
// goes with its evaluation.
func TestConceptsOfAClass(t *testing.T) {
	ctx := context.Background()
	s, err := stores.Open(ctx, t.TempDir(), workspace.Options{Threads: 1})
	must(t, err)
	defer s.Close()
	_, err = synthetic.Fill(ctx, s, synthetic.Size{Samples: 10, Classes: 3}, nil)
	must(t, err)
	put := func(class int, vectors ...byte) {
		t.Helper()
		var list []parts.Concept
		for _, v := range vectors {
			list = append(list, parts.Concept{Vector: []byte{v, 0, 0, 0}, Content: json.RawMessage(`{}`)})
		}
		must(t, s.Workspace.Update(ctx, func(tx *workspace.Tx) error {
			return s.Parts.Put(ctx, tx, evaluation, parts.Class{Class: class, Basis: "b", Content: json.RawMessage(`{"x":1}`)}, list, []parts.Place{{Sample: 4, Content: json.RawMessage(`[]`), Places: vectors}})
		}))
	}
	put(1, 7)
	put(2, 1)
	put(1, 8, 9)
	must(t, s.Parts.Rename(ctx, evaluation, 1, 1, "beret"))
	if err := s.Parts.Rename(ctx, evaluation, 1, 2, "x"); !errors.Is(err, workspace.ErrNotFound) {
		t.Errorf("a concept that is not there was named: %v", err)
	}
	classes, err := s.Parts.Classes(ctx, evaluation)
	must(t, err)
	list, err := s.Parts.Concepts(ctx, s.Workspace, evaluation)
	must(t, err)
	if len(classes) != 2 || classes[0].Class != 1 || string(classes[0].Content) != `{"x":1}` || len(list) != 3 || list[1].Name != "beret" || list[1].Vector[0] != 9 || list[0].Vector[0] != 8 {
		t.Errorf("read %+v with %+v", classes, list)
	}
	places, err := s.Parts.Places(ctx, evaluation, 1)
	must(t, err)
	if len(places) != 1 || places[0].Sample != 4 || !slices.Equal(places[0].Places, []byte{8, 9}) {
		t.Errorf("places %+v", places)
	}
	_, err = s.Remove(ctx, stores.Evaluation, evaluation)
	must(t, err)
	for _, table := range []string{"concept_classes", "concepts", "concept_places"} {
		left := 0
		must(t, s.Workspace.QueryRow(ctx, `SELECT count(*) FROM `+table).Scan(&left))
		if left > 0 {
			t.Errorf("%d rows of %s are left of an evaluation that was removed", left, table)
		}
	}
}
