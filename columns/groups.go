package columns

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// Group is the samples of a slice that have one value of a column, or one in a range.
type Group struct {
	Word string // of the criterion column(NAME) that selects them
	results.Tally
}

// Grouped is a slice by a column.
type Grouped struct {
	Column Column
	Groups []Group // in order of value, those without one last; of texts the most samples first
	Left   int     // values that are not listed, those with the fewest samples
}

// few is up to how many values of a number or date each is a group; of more there are bins with
// about equally many of the dataset's samples.
const few, bins = 12, 8

// GroupBy counts the samples of a slice by a column, at most so many groups of texts.
func (db *Store) GroupBy(ctx context.Context, evaluation string, of slice.Slice, column string, most int) (*Grouped, error) {
	e, err := db.results.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	id, err := catalog.DatasetID(ctx, db.ws, e.Dataset)
	if err != nil {
		return nil, err
	}
	g := &Grouped{}
	if g.Column, err = db.find(ctx, id, column); err != nil {
		return nil, err
	}
	value, err := db.grouping(ctx, id, g.Column)
	if err != nil {
		return nil, fmt.Errorf("group %s by %s: %w", evaluation, column, err)
	}
	tallies, err := db.results.GroupBy(ctx, evaluation, of, slice.Relation{From: g.Column.valued(id), Value: value})
	if err != nil {
		return nil, err
	}
	for _, t := range tallies {
		word := Empty
		if t.Value != nil {
			word = g.Column.word(*t.Value)
		}
		g.Groups = append(g.Groups, Group{Word: word, Tally: t.Tally})
	}
	g.arrange(most)
	return g, nil
}

// grouping is SQL over v with the word of each value's group: the value, or a range.
func (db *Store) grouping(ctx context.Context, id int, c Column) (string, error) {
	text := "v::VARCHAR"
	if c.Kind == dataset.Bool || c.Kind == dataset.PlainText {
		return text, nil
	}
	if c.Kind == dataset.Date {
		var days bool
		if err := db.ws.QueryRow(ctx, `SELECT coalesce(bool_and(v = date_trunc('day', v)), false) FROM `+c.valued(id)).Scan(&days); err != nil {
			return "", err
		}
		if days {
			text = "strftime(v, '%Y-%m-%d')"
		}
	}
	var distinct int
	if err := db.ws.QueryRow(ctx, `SELECT count(DISTINCT v) FROM `+c.valued(id)).Scan(&distinct); err != nil || distinct <= few {
		return text, err
	}
	edges, err := workspace.QueryAll[string](ctx, db.ws, fmt.Sprintf(`SELECT %s FROM (SELECT DISTINCT unnest(quantile_disc(v, [i / %d.0 FOR i IN range(1, %d)])) AS v FROM %s) ORDER BY v`,
		text, bins, bins, c.valued(id)))
	if err != nil {
		return "", err
	}
	sql := "CASE"
	for i, edge := range edges {
		low := ""
		if i > 0 {
			low = edges[i-1]
		}
		sql += fmt.Sprintf(" WHEN v < %s::%s THEN %s", workspace.Quote(edge), sqlTypes[c.Kind], workspace.Quote(low+between+edge))
	}
	return sql + fmt.Sprintf(" WHEN v IS NOT NULL THEN %s END", workspace.Quote(edges[len(edges)-1]+between)), nil
}

// arrange puts groups into their order: texts by their samples, of which only so many are kept,
// numbers and dates by value; those without a value come last.
func (g *Grouped) arrange(most int) {
	rank := func(word string) int {
		if word == Empty {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(g.Groups, func(a, b Group) int {
		return cmp.Or(rank(a.Word)-rank(b.Word), g.Column.order(a.Word, b.Word))
	})
	if g.Column.Kind != dataset.PlainText || len(g.Groups) <= most {
		return
	}
	kept := g.Groups[:most]
	if last := g.Groups[len(g.Groups)-1]; last.Word == Empty {
		kept = append(kept[:most-1:most-1], last)
	}
	g.Left, g.Groups = len(g.Groups)-len(kept), kept
}

// order compares two words of groups by their values; texts stay as they come, by their samples.
func (c Column) order(a, b string) int {
	a, _, _ = strings.Cut(a, between)
	b, _, _ = strings.Cut(b, between)
	switch c.Kind {
	case dataset.Bool, dataset.Date:
		return strings.Compare(a, b)
	case dataset.Int, dataset.Double:
		return cmp.Compare(low(a), low(b))
	}
	return 0
}

// low is the lower bound of a range, or a number.
func low(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.Inf(-1)
	}
	return v
}
