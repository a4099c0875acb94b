// Package marks is the store of what people note of samples: tags, notes, labels that they propose
// and samples that should not count, with a history that says who did what and when, and of which
// the last hundred actions can be undone.
//
// A mark belongs to a sample and to the hash of its file: where an import finds other bytes
// under the path, the mark no longer counts, and is listed as changed. Many samples are marked
// in one statement, however a slice selects them. The user's files are never changed.
//
// Its queries join the tables of datasets (package catalog) and of evaluations (package
// results), which it never writes.
package marks

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// ErrChanged is of an action that cannot be undone, because its samples were marked otherwise since.
var ErrChanged = errors.New("its marks were changed since")

// ErrAction is of an action that cannot be done or undone as asked.
var ErrAction = errors.New("a mark")

// Store has the marks of a workspace. Its methods may be called concurrently.
type Store struct {
	ws      *workspace.Workspace
	results *results.Store
}

//go:embed schema.sql
var tables string

var schema = workspace.Schema{Name: "marks", Tables: tables}

// New opens the marks, making or migrating their tables, and answers the criteria
// tag, marked, without and labels.
func New(ctx context.Context, ws *workspace.Workspace, r *results.Store) (*Store, error) {
	db := &Store{ws: ws, results: r}
	return db, r.Attach(ctx, results.Attached{Tables: schema, Criteria: map[string]results.Source{
		"tag": db.tagged, "marked": db.marked, "without": db.without, "labels": db.proposed,
	}})
}

// standing are the marks of samples whose files are as they were.
const standing = `marks m JOIN samples s ON s.id = m.sample AND s.hash = m.hash`

// tagged is the criterion tag: a tag that the dataset does not have is a mistake.
func (db *Store) tagged(ctx context.Context, a results.Asked) (slice.Relation, error) {
	known, err := workspace.QueryAll[string](ctx, db.ws, `SELECT name FROM tags WHERE dataset = ? ORDER BY name`, a.Dataset)
	if err != nil {
		return slice.Relation{}, fmt.Errorf("listing the tags: %w", err)
	}
	for _, v := range a.Term.Values {
		if !slices.Contains(known, v.Name) {
			return slice.Relation{}, noTag(v.Name, known)
		}
	}
	return slice.Relation{From: `(SELECT m.sample, m.value FROM ` + standing + ` WHERE m.dataset = ? AND m.kind = 'tag')`,
		Value: "value", Args: []any{a.Dataset}}, nil
}

// marked is the criterion marked: samples with a note, a proposed label, or that are excluded.
func (db *Store) marked(_ context.Context, a results.Asked) (slice.Relation, error) {
	return slice.Relation{From: `(SELECT DISTINCT m.sample, CASE m.kind WHEN 'label' THEN 'proposed' WHEN 'exclude' THEN 'excluded' ELSE m.kind END AS word
		FROM ` + standing + ` WHERE m.dataset = ? AND m.kind <> 'tag')`, Value: "word", Args: []any{a.Dataset}}, nil
}

// without is the criterion without=excluded: all samples but those.
func (db *Store) without(_ context.Context, a results.Asked) (slice.Relation, error) {
	return slice.Relation{From: `(SELECT id AS sample, 'excluded' AS word FROM samples WHERE dataset = ?
		AND id NOT IN (SELECT m.sample FROM ` + standing + ` WHERE m.dataset = ? AND m.kind = 'exclude'))`, Value: "word", Args: []any{a.Dataset, a.Dataset}}, nil
}

// proposed is what labels=proposed asks for: the labels that are proposed, by sample.
func (db *Store) proposed(_ context.Context, a results.Asked) (slice.Relation, error) {
	return slice.Relation{From: `(SELECT m.sample, m.value FROM ` + standing + ` WHERE m.dataset = ? AND m.kind = 'label')`, Value: "value", Args: []any{a.Dataset}}, nil
}

func noTag(name string, known []string) error {
	message := fmt.Sprintf("is %s: nothing in the dataset is tagged yet", name)
	if len(known) > 0 {
		message = fmt.Sprintf("is %s: the dataset has no such tag; it has %s", name, slice.ShortList(known))
		if signs := slices.IndexFunc(known, func(tag string) bool { return written(tag) != "tag="+tag }); signs >= 0 {
			message += fmt.Sprintf(". In a slice, %s is written %s", known[signs], written(known[signs]))
		}
	}
	return &slice.Mistake{Name: "tag", Message: message}
}

// written is the condition that selects a tag, as it is typed.
func written(tag string) string { return slice.Equal("tag", slice.Named(tag)).String() }

// ForgetDataset removes, as part of tx, all marks of a dataset and their history.
func (db *Store) ForgetDataset(ctx context.Context, tx *workspace.Tx, dataset int) error {
	if _, err := tx.Exec(ctx, `DELETE FROM mark_changes WHERE action IN (SELECT id FROM mark_actions WHERE dataset = ?)`, dataset); err != nil {
		return fmt.Errorf("removing the marks of a dataset: %w", err)
	}
	for _, table := range []string{"marks", "tags", "mark_actions"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE dataset = ?`, dataset); err != nil {
			return fmt.Errorf("removing the marks of a dataset: %w", err)
		}
	}
	return nil
}

// Count is how many marks a dataset has, by its key in the tables.
func (db *Store) Count(ctx context.Context, dataset int) (n int, err error) {
	err = db.ws.QueryRow(ctx, `SELECT count(*) FROM marks WHERE dataset = ?`, dataset).Scan(&n)
	if err != nil {
		err = fmt.Errorf("count the marks of a dataset: %w", err)
	}
	return n, err
}

// checkTag refuses names that an address could not hold.
func checkTag(name string) error { return catalog.CheckName("tag", name) }
