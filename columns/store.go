// Package columns is the store of what came with a dataset besides paths, labels and splits: the
// columns of the user's tables, typed, in one wide table per dataset. It answers the criterion
// column(NAME), and counts predictions by column.
//
// Its queries join the tables of datasets (package catalog) and of evaluations (package results),
// which it never writes.
package columns

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// Store has the columns of a workspace. Its methods may be called concurrently.
type Store struct {
	ws      *workspace.Workspace
	results *results.Store
}

//go:embed schema.sql
var tables string

var schema = workspace.Schema{Name: "columns", Tables: tables}

// New opens the columns, making or migrating their tables, and answers the criterion column.
func New(ctx context.Context, ws *workspace.Workspace, r *results.Store) (*Store, error) {
	db := &Store{ws: ws, results: r}
	return db, r.Attach(ctx, results.Attached{Tables: schema, Criteria: map[string]results.Source{"column": db.answer}})
}

// sqlTypes are the types of columns by kind.
var sqlTypes = map[string]string{dataset.Bool: "BOOLEAN", dataset.Int: "BIGINT", dataset.Double: "DOUBLE", dataset.Date: "TIMESTAMP", dataset.PlainText: "VARCHAR"}

// wide is the name of the table of values of a dataset.
func wide(dataset int) string { return fmt.Sprintf("column_values_%d", dataset) }

// Put replaces the columns of a dataset; none leaves those that it has.
func (db *Store) Put(ctx context.Context, name string, list []dataset.Column) error {
	if len(list) == 0 {
		return nil
	}
	err := db.ws.Update(ctx, func(tx *workspace.Tx) error {
		id, err := catalog.DatasetID(ctx, tx, name)
		if err != nil {
			return err
		}
		if err := db.ForgetDataset(ctx, tx, id); err != nil {
			return err
		}
		for place, c := range list {
			if _, err := tx.Exec(ctx, `INSERT INTO dataset_columns VALUES (?, ?, ?, ?, ?)`, id, place, c.Name, c.Kind, c.Source); err != nil {
				return err
			}
		}
		return fill(ctx, tx, id, list)
	})
	if err != nil {
		return fmt.Errorf("storing the columns of %s: %w", name, err)
	}
	return nil
}

// fill makes the wide table. Values travel as text, as their kind writes them.
func fill(ctx context.Context, tx *workspace.Tx, id int, list []dataset.Column) error {
	paths := map[string]bool{}
	for _, c := range list {
		for path := range c.Values {
			paths[path] = true
		}
	}
	order := make([]string, 0, len(paths))
	for path := range paths {
		order = append(order, path)
	}
	slices.Sort(order)
	args, columns, unnested := []any{order}, "", ""
	for place, c := range list {
		values := make([]string, len(order))
		for i, path := range order {
			values[i] = c.Values[path]
		}
		args = append(args, values)
		columns += fmt.Sprintf(", CAST(nullif(v.c%[1]d, '') AS %[2]s) AS c%[1]d", place, sqlTypes[c.Kind])
		unnested += fmt.Sprintf(", unnest(?::VARCHAR[]) AS c%d", place)
	}
	_, err := tx.Exec(ctx, `CREATE TABLE `+wide(id)+` AS SELECT s.id AS sample`+columns+`
		FROM (SELECT unnest(?::VARCHAR[]) AS path`+unnested+`) v JOIN samples s ON s.path = v.path WHERE s.dataset = ?`, append(args, id)...)
	return err
}

// ForgetDataset removes, as part of tx, the columns of a dataset.
func (db *Store) ForgetDataset(ctx context.Context, tx *workspace.Tx, dataset int) error {
	if _, err := tx.Exec(ctx, `DROP TABLE IF EXISTS `+wide(dataset)); err != nil {
		return fmt.Errorf("removing the columns of a dataset: %w", err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM dataset_columns WHERE dataset = ?`, dataset); err != nil {
		return fmt.Errorf("removing the columns of a dataset: %w", err)
	}
	return nil
}

// Column is a column of a dataset.
type Column struct {
	Name, Kind, Source string
	Samples            int // with a value
	Distinct           int // values

	place int
}

// List lists the columns of a dataset in their order.
func (db *Store) List(ctx context.Context, name string) ([]Column, error) {
	id, err := catalog.DatasetID(ctx, db.ws, name)
	if err != nil {
		return nil, err
	}
	list, err := db.known(ctx, id)
	for i := range list {
		if err == nil {
			err = db.ws.QueryRow(ctx, fmt.Sprintf(`SELECT count(c%[1]d), count(DISTINCT c%[1]d) FROM %[2]s`, list[i].place, wide(id))).Scan(&list[i].Samples, &list[i].Distinct)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("listing the columns of %s: %w", name, err)
	}
	return list, nil
}

// known lists the columns of a dataset by its key.
func (db *Store) known(ctx context.Context, dataset int) ([]Column, error) {
	rows, err := db.ws.Query(ctx, `SELECT name, kind, source, place FROM dataset_columns WHERE dataset = ? ORDER BY place`, dataset)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Column{}
	for rows.Next() {
		var c Column
		if err := rows.Scan(&c.Name, &c.Kind, &c.Source, &c.place); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// find is the column of a name; its error is a mistake of a criterion.
func (db *Store) find(ctx context.Context, dataset int, name string) (Column, error) {
	list, err := db.known(ctx, dataset)
	if err != nil {
		return Column{}, err
	}
	names := make([]string, len(list))
	for i, c := range list {
		if names[i] = c.Name; c.Name == name {
			return c, nil
		}
	}
	if len(list) == 0 {
		return Column{}, &slice.Mistake{Name: "column(" + name + ")", Message: "is unknown: the dataset has no columns; `sightline import DIR --columns FILE` adds them"}
	}
	return Column{}, &slice.Mistake{Name: "column(" + name + ")", Message: "is unknown: the dataset has no such column; it has " + slice.ShortList(names)}
}

// valued is the relation of all samples of a dataset with a column's values, in the column v.
func (c Column) valued(dataset int) string {
	return fmt.Sprintf("(SELECT s.id AS sample, w.c%d AS v FROM samples s LEFT JOIN %s w ON w.sample = s.id WHERE s.dataset = %d)", c.place, wide(dataset), dataset)
}

// answer is the criterion column(NAME): the samples of which a value meets any of the words.
func (db *Store) answer(ctx context.Context, a results.Asked) (slice.Relation, error) {
	c, err := db.find(ctx, a.Dataset, a.Term.Of[0].Name)
	if err != nil {
		return slice.Relation{}, err
	}
	r := slice.Relation{Selected: true}
	conditions := make([]string, len(a.Term.Values))
	for i, word := range a.Term.Values {
		condition, args, err := c.condition(word.Name)
		if err != nil {
			return slice.Relation{}, err
		}
		conditions[i], r.Args = condition, append(r.Args, args...)
	}
	r.From = "(SELECT sample FROM " + c.valued(a.Dataset) + " WHERE " + strings.Join(conditions, " OR ") + ")"
	return r, nil
}
