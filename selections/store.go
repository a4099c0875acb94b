// Package selections is the store of slices that people keep: with a name, live (the text, evaluated
// whenever it is asked for) or fixed (its samples), and of sets of samples that were chosen by hand.
// It answers the criteria saved and sel.
//
// Slices belong to a dataset, as tags do: those saved while looking at one model are there with
// every other. So the text of a live one names classes, never their indices.
//
// Its queries join the tables of datasets (package catalog) and of evaluations (package results),
// which it never writes.
package selections

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// Store has the saved slices of a workspace. Its methods may be called concurrently.
type Store struct {
	ws      *workspace.Workspace
	results *results.Store
}

//go:embed schema.sql
var tables string

var schema = workspace.Schema{Name: "selections", Tables: tables}

// New opens the saved slices, making or migrating their tables, and answers the criteria saved and sel.
func New(ctx context.Context, ws *workspace.Workspace, r *results.Store) (*Store, error) {
	db := &Store{ws: ws, results: r}
	return db, r.Attach(ctx, results.Attached{Tables: schema, Criteria: map[string]results.Source{"saved": db.answer, "sel": db.chosen}})
}

// opened is the key of a context for the names of the slices that are being evaluated.
type opened struct{}

// answer is the criterion saved: the samples that any of the named slices selects. Where something
// that one of them rests on is gone, the mistake says in which.
func (db *Store) answer(ctx context.Context, a results.Asked) (slice.Relation, error) {
	var r slice.Relation
	var parts []string
	for _, v := range a.Term.Values {
		s, err := db.find(ctx, db.ws, a.Dataset, v.Name)
		if err != nil {
			return r, err
		}
		from, args, err := db.samples(ctx, a, s)
		if err != nil {
			return r, inside(v.Name, err)
		}
		parts, r.Args = append(parts, "SELECT sample FROM "+from), append(r.Args, args...)
	}
	r.From, r.Selected = "("+strings.Join(parts, " UNION ")+")", true
	return r, nil
}

// samples is SQL with the samples of a saved slice in the column sample.
func (db *Store) samples(ctx context.Context, a results.Asked, s Saved) (from string, args []any, err error) {
	if s.Set != nil {
		return `(SELECT x.sample FROM ` + standing + ` WHERE x.set_id = ?)`, []any{s.Set.ID}, nil
	}
	before, _ := ctx.Value(opened{}).([]string)
	if slices.Contains(before, s.Name) {
		return "", nil, &slice.Mistake{Name: "saved", Message: "is made of itself: " + strings.Join(append(slices.Clone(before), s.Name), ", then ")}
	}
	of, err := slice.Parse(s.Slice)
	if err != nil {
		return "", nil, err
	}
	from, args, release, err := db.results.Selection(context.WithValue(ctx, opened{}, append(slices.Clone(before), s.Name)), a.ID, of)
	if err == nil {
		a.After(release)
	}
	return from, args, err
}

// inside says in which saved slice something is wrong.
func inside(name string, err error) error {
	var m *slice.Mistake
	if errors.As(err, &m) {
		return &slice.Mistake{Name: "saved", Message: fmt.Sprintf("is %s, whose %s %s", name, m.Name, m.Message)}
	}
	return fmt.Errorf("the saved slice %s: %w", name, err)
}

// find looks a saved slice up; its mistake names those that there are.
func (db *Store) find(ctx context.Context, r workspace.Reader, dataset int, name string) (Saved, error) {
	list, err := read(ctx, r, dataset)
	if err != nil {
		return Saved{}, err
	}
	names := make([]string, len(list))
	for i, s := range list {
		if names[i] = s.Name; s.Name == name {
			return s, nil
		}
	}
	if len(names) == 0 {
		return Saved{}, &slice.Mistake{Name: "saved", Message: fmt.Sprintf("is %s: no slice of the dataset is saved", name)}
	}
	return Saved{}, &slice.Mistake{Name: "saved", Message: fmt.Sprintf("is %s: the dataset has no such saved slice; it has %s", name, slice.ShortList(names))}
}

// ForgetDataset removes, as part of tx, all saved slices and sets of a dataset.
func (db *Store) ForgetDataset(ctx context.Context, tx *workspace.Tx, dataset int) error {
	for _, statement := range []string{
		`DELETE FROM set_samples WHERE set_id IN (SELECT id FROM sample_sets WHERE dataset = ?)`,
		`DELETE FROM sample_sets WHERE dataset = ?`,
		`DELETE FROM saved_slices WHERE dataset = ?`,
	} {
		if _, err := tx.Exec(ctx, statement, dataset); err != nil {
			return fmt.Errorf("removing the saved slices of a dataset: %w", err)
		}
	}
	return nil
}

// checkName refuses names that an address could not hold.
func checkName(name string) error { return catalog.CheckName("slice", name) }
