package results

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// NoDecision is what a sample is predicted as whose confidence is under the
// threshold.
const NoDecision = slice.None

// query is the SQL of a slice: FROM and WHERE over predictions p.
type query struct {
	source string // of the predictions p, with which from begins
	from   string
	where  []string
	args   []any
	// release must be called when the query has been read.
	release func()
}

// sql is "FROM … WHERE …" with its arguments.
func (q *query) sql() string { return "FROM " + q.from + " WHERE " + strings.Join(q.where, " AND ") }

// after has release do one thing more.
func (q *query) after(release func()) {
	before := q.release
	q.release = func() { before(); release() }
}

// build turns a slice of an evaluation into SQL. p is predictions; s is samples,
// joined when the slice needs the path or withSamples is set.
func (db *Store) build(ctx context.Context, evaluation string, s slice.Slice, withSamples bool) (*query, *Evaluation, error) {
	e, err := db.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, nil, err
	}
	if s, err = db.Resolve(ctx, e, s); err != nil {
		return nil, nil, fmt.Errorf("selecting samples of %s: %w", e.ID, err)
	}
	source, release, err := db.source(ctx, e, s)
	if err != nil {
		return nil, nil, fmt.Errorf("selecting samples of %s: %w", e.ID, err)
	}
	q := &query{source: source, from: source, where: []string{"p.evaluation = ?"}, args: []any{e.number}, release: release}
	w, err := s.Where(func(t slice.Term) (slice.Relation, error) { return db.relation(ctx, q, e, t, s) })
	if err != nil {
		q.release()
		return nil, nil, fmt.Errorf("selecting samples of %s: %w", e.ID, err)
	}
	if w.Joins || withSamples {
		q.from += " JOIN samples s ON s.id = p.sample"
	}
	q.where, q.args = append(q.where, w.Conditions...), append(q.args, w.Args...)
	return q, e, nil
}

// Selection is a slice of an evaluation for the SQL of another store: a relation in parentheses
// with the samples in its column sample. What it reads stays in place until release is called.
func (db *Store) Selection(ctx context.Context, evaluation string, s slice.Slice) (from string, args []any, release func(), err error) {
	q, _, err := db.build(ctx, evaluation, s, false)
	if err != nil {
		return "", nil, nil, err
	}
	return "(SELECT p.sample " + q.sql() + ")", q.args, q.release, nil
}

// Resolve finds the classes that a slice names among those of an evaluation, and refuses what
// the model, or the dataset, does not have: *slice.Mistake.
func (db *Store) Resolve(ctx context.Context, e *Evaluation, s slice.Slice) (slice.Slice, error) {
	s, err := s.Resolve(e.Classes)
	if err != nil || len(s.Unknown("split", e.Splits)) == 0 {
		return s, err
	}
	// Others may have come by another import since; nothing is predicted in them.
	known, err := workspace.QueryAll[string](ctx, db.ws, `SELECT DISTINCT split FROM samples WHERE dataset = ? ORDER BY split`, e.datasetID)
	if err != nil {
		return slice.Slice{}, fmt.Errorf("list the splits of %s: %w", e.Dataset, err)
	}
	known = append(known, e.Splits...)
	slices.Sort(known)
	if unknown := s.Unknown("split", known); len(unknown) > 0 {
		return slice.Slice{}, slice.NoSplit(unknown[0], slices.Compact(known))
	}
	return s, nil
}

// relation is the source of a criterion that is no column: one class's score comes
// from the blocks, and stays published until the query is released; a transition
// comes from another evaluation; others come from the stores that answer them.
func (db *Store) relation(ctx context.Context, q *query, e *Evaluation, t slice.Term, of slice.Slice) (slice.Relation, error) {
	switch t.Field.Name {
	case "score":
	case "transition":
		return db.transition(ctx, q, e, t.Of[0].Name, of)
	case "was":
		return db.was(ctx, q, e, t.Of[0].Name, of)
	default:
		return db.elsewhere(ctx, e, t, q.after)
	}
	key, release, err := db.publishScores(ctx, e, t.Of[0].Index)
	if err != nil {
		return slice.Relation{}, err
	}
	q.after(release)
	return slice.Relation{From: "class_score(" + workspace.Quote(key) + ")", Value: "score::DOUBLE"}, nil
}

// draw orders samples by chance: a step of MINSTD (Park & Miller 1988), with the seed as its parameter.
const draw = `(p.sample % 2147483647 * 48271 + ?) % 2147483647`

// Drawn lists at most so many samples of a slice, drawn by the seed, and how many it has.
func (db *Store) Drawn(ctx context.Context, evaluation string, of slice.Slice, most int, seed uint32) (list []int64, all int, err error) {
	q, _, err := db.build(ctx, evaluation, of, false)
	if err != nil {
		return nil, 0, err
	}
	defer q.release()
	if err := db.ws.QueryRow(ctx, `SELECT count(*) `+q.sql(), q.args...).Scan(&all); err != nil {
		return nil, 0, fmt.Errorf("counting samples of %s: %w", evaluation, err)
	}
	list, err = workspace.QueryAll[int64](ctx, db.ws, `SELECT p.sample `+q.sql()+` ORDER BY `+draw+`, p.sample LIMIT ?`, append(append([]any{}, q.args...), int64(seed), most)...)
	return list, all, err
}

// Right lists, by class, samples of a slice that are predicted right, at most so many of
// each. Which, and in which order, is drawn by the seed, and the same for the same seed.
func (db *Store) Right(ctx context.Context, evaluation string, of slice.Slice, most int, seed uint32) (chosen map[int][]int64, all map[int]int, err error) {
	q, _, err := db.build(ctx, evaluation, of, false)
	if err != nil {
		return nil, nil, err
	}
	defer q.release()
	rows, err := db.ws.Query(ctx, `SELECT sample, truth, n FROM (
			SELECT p.sample, p.truth, row_number() OVER (PARTITION BY p.truth ORDER BY `+draw+`, p.sample) AS place,
				count(*) OVER (PARTITION BY p.truth) AS n `+q.sql()+` AND p.truth = p.predicted)
		WHERE place <= ? ORDER BY truth, place`, append(append([]any{int64(seed)}, q.args...), most)...)
	if err != nil {
		return nil, nil, fmt.Errorf("choosing right samples of %s: %w", evaluation, err)
	}
	defer rows.Close()
	chosen, all = map[int][]int64{}, map[int]int{}
	for rows.Next() {
		var sample int64
		var class, n int
		if err := rows.Scan(&sample, &class, &n); err != nil {
			return nil, nil, fmt.Errorf("choosing right samples of %s: %w", evaluation, err)
		}
		chosen[class], all[class] = append(chosen[class], sample), n
	}
	return chosen, all, rows.Err()
}

// Asked is a criterion of a slice that another store answers.
type Asked struct {
	Term       slice.Term
	ID         string // of the evaluation
	Evaluation int    // its key in the tables; see Number
	Dataset    int    // key of its dataset
	Regions    int    // revision of the regions of its dataset
	// After has something be done when the slice has been read.
	After func(release func())
}

// Source gives the values of a criterion. Its error may be a *slice.Mistake.
type Source func(ctx context.Context, a Asked) (slice.Relation, error)

// elsewhere asks the store that answers a criterion.
func (db *Store) elsewhere(ctx context.Context, e *Evaluation, t slice.Term, after func(func())) (slice.Relation, error) {
	source := db.sources[t.Field.Name]
	if source == nil {
		return slice.Relation{}, fmt.Errorf("%s is not stored with results", t.Field.Name)
	}
	revision, err := db.catalog.RegionsRevision(ctx, e.Dataset)
	if err != nil {
		return slice.Relation{}, err
	}
	return source(ctx, Asked{Term: t, ID: e.ID, Evaluation: e.number, Dataset: e.datasetID, Regions: revision, After: after})
}

// RegionsRevision is that of the regions of an evaluation's dataset.
func (db *Store) RegionsRevision(ctx context.Context, evaluation string) (int, error) {
	e, err := db.Evaluation(ctx, evaluation)
	if err != nil {
		return 0, err
	}
	return db.catalog.RegionsRevision(ctx, e.Dataset)
}

// sortedBy is what a sort by share orders by: the values of the slice's first criterion
// share, joined to the query as o.value.
func (db *Store) sortedBy(ctx context.Context, q *query, e *Evaluation, s slice.Slice) error {
	terms := s.Only("share").Terms()
	if len(terms) == 0 {
		return &slice.Mistake{Name: "sort", Message: "by share needs a criterion share(REGION), whose values it orders: share(REGION)=0- selects all"}
	}
	r, err := db.elsewhere(ctx, e, terms[0], q.after)
	if err != nil {
		return err
	}
	q.from += " LEFT JOIN (SELECT sample, " + r.Value + " AS value FROM " + r.From + ") o ON o.sample = p.sample"
	q.args = append(append([]any{}, r.Args...), q.args...)
	return nil
}
