package results

import (
	"context"
	"fmt"
	"hash/fnv"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/sightline/sightline/results/scoreblock"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// relabelled are the predictions of samples for which another label is proposed, as they would be
// stored with that label: its class, -1 where the model has none, and what follows from it.
type relabelled = predictionRows

// source is the relation of an evaluation's predictions, by the name p: the table, or, where a
// slice asks for labels=proposed, the table with those labels and the scores, ranks and losses
// that follow from them. Release it when the query has been read.
func (db *Store) source(ctx context.Context, e *Evaluation, of slice.Slice) (from string, release func(), err error) {
	if !of.Proposed() {
		return "predictions p", func() {}, nil
	}
	r, err := db.relabel(ctx, e, of.Only("labels").Terms()[0])
	if err != nil {
		return "", nil, fmt.Errorf("take the proposed labels of %s: %w", e.ID, err)
	}
	replaced := ""
	for i, column := range relabelColumns[1:] {
		if i > 0 {
			replaced += ", "
		}
		replaced += fmt.Sprintf("CASE WHEN r.sample IS NULL THEN p.%[1]s ELSE r.%[1]s END AS %[1]s", column.name)
	}
	key, release := db.relabels.publish(r)
	from = fmt.Sprintf("(SELECT p.* REPLACE (%s) FROM predictions p LEFT JOIN relabelled(%s) r ON r.sample = p.sample WHERE p.evaluation = %d) p",
		replaced, workspace.Quote(key), e.number)
	return from, release, nil
}

// proposal is a sample with another label, and where its scores stand.
type proposal struct {
	sample     int64
	label      string
	chunk, row int
	file       string // of the block
	made       int64  // when, in microseconds
}

// relabel computes what follows from the proposed labels of an evaluation's dataset.
func (db *Store) relabel(ctx context.Context, e *Evaluation, t slice.Term) (*relabelled, error) {
	list, err := db.proposals(ctx, e, t)
	if err != nil {
		return nil, err
	}
	sum := fnv.New128a()
	for _, p := range list {
		fmt.Fprintf(sum, "%d %q %s %d %d\n", p.sample, p.label, p.file, p.made, p.row)
	}
	key := fmt.Sprintf("%s/%x", e.ID, sum.Sum(nil))
	r, ok := db.relabels.get(key)
	if ok {
		return r, nil
	}
	if r, err = db.withLabels(ctx, e, list); err != nil {
		return nil, err
	}
	db.relabels.keep(key, r)
	return r, nil
}

// proposals lists the samples with a prediction for which another label is proposed, by block.
func (db *Store) proposals(ctx context.Context, e *Evaluation, t slice.Term) ([]proposal, error) {
	from, err := db.elsewhere(ctx, e, t, nil)
	if err != nil {
		return nil, err
	}
	rows, err := db.ws.Query(ctx, `SELECT p.sample, x.`+from.Value+`, p.chunk, p.row, b.file, epoch_us(b.created) FROM `+from.From+` x
		JOIN predictions p ON p.sample = x.sample JOIN blocks b ON b.evaluation = p.evaluation AND b.chunk = p.chunk
		WHERE p.evaluation = ? ORDER BY p.chunk, p.row`, append(from.Args, e.number)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []proposal
	for rows.Next() {
		var p proposal
		if err := rows.Scan(&p.sample, &p.label, &p.chunk, &p.row, &p.file, &p.made); err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

// withLabels computes, from the scores in the blocks, what would be stored of samples with other labels.
func (db *Store) withLabels(ctx context.Context, e *Evaluation, list []proposal) (*relabelled, error) {
	stored, err := db.labelClasses(ctx, e)
	if err != nil {
		return nil, err
	}
	r := &relabelled{}
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].chunk == list[0].chunk {
			n++
		}
		if err := db.relabelBlock(r, list[:n], func(label string) int32 { return classFor(stored, e.Classes, label) }); err != nil {
			return nil, err
		}
		list = list[n:]
	}
	return r, nil
}

// relabelBlock adds the samples of one block.
func (db *Store) relabelBlock(r *relabelled, list []proposal, class func(label string) int32) error {
	b, err := scoreblock.Open(db.ws.Path(list[0].file))
	if err != nil {
		return err
	}
	defer b.Close()
	scores := make([]float32, b.Classes)
	for _, p := range list {
		values, err := b.Row(p.row)
		if err != nil {
			return err
		}
		norm, err := b.Norm(p.row)
		if err != nil {
			return err
		}
		for c, v := range values {
			scores[c] = b.Kind.Score(v, norm)
		}
		r.all = append(r.all, labelled{sample: p.sample, truth: class(p.label)})
		r.add(len(r.all)-1, b.Kind, values, norm, scores)
	}
	return nil
}

// classFor is the class of a label: that which the evaluation gave the dataset's label of this
// name, else the class of the name, else -1.
func classFor(stored map[string]int32, classes []string, label string) int32 {
	if class, ok := stored[label]; ok {
		return class
	}
	if class, err := slice.FindClass(classes, label); err == nil {
		return int32(class)
	}
	return -1
}

// labelClasses are the classes that an evaluation gave the labels of its dataset.
func (db *Store) labelClasses(ctx context.Context, e *Evaluation) (map[string]int32, error) {
	rows, err := db.ws.Query(ctx, `SELECT l.name, m.class FROM evaluation_labels m JOIN labels l ON l.label = m.label AND l.dataset = ? WHERE m.evaluation = ?`, e.datasetID, e.number)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string]int32{}
	for rows.Next() {
		var name string
		var class int32
		if err := rows.Scan(&name, &class); err != nil {
			return nil, err
		}
		found[name] = class
	}
	return found, rows.Err()
}

// relabelColumns are the columns of the table function relabelled(key), which are called as those
// of predictions that they stand for, and their values.
var relabelColumns = []struct {
	column
	of func(r *relabelled, i int) any
}{
	{column{"sample", duckdb.TYPE_BIGINT}, func(r *relabelled, i int) any { return r.sample[i] }},
	{column{"truth", duckdb.TYPE_INTEGER}, func(r *relabelled, i int) any { return r.truth[i] }},
	{column{"truth_score", duckdb.TYPE_FLOAT}, func(r *relabelled, i int) any { return r.truthScore[i] }},
	{column{"truth_rank", duckdb.TYPE_INTEGER}, func(r *relabelled, i int) any { return r.truthRank[i] }},
	{column{"loss", duckdb.TYPE_DOUBLE}, func(r *relabelled, i int) any { return r.loss[i] }},
	{column{"log_loss", duckdb.TYPE_DOUBLE}, func(r *relabelled, i int) any { return r.logLoss[i] }},
	{column{"brier", duckdb.TYPE_DOUBLE}, func(r *relabelled, i int) any { return r.brier[i] }},
}

// newRelabels gives SQL the function relabelled(key): a row for each sample with a proposed label.
// It keeps what was computed of the last few evaluations.
func newRelabels() *published[*relabelled] {
	p := &published[*relabelled]{name: "relabelled", most: 4}
	for _, c := range relabelColumns {
		p.columns = append(p.columns, c.column)
	}
	return p
}

func (r *relabelled) count() int { return len(r.sample) }

func (r *relabelled) put(chunk duckdb.DataChunk, at, row int) error {
	for c, column := range relabelColumns {
		value := column.of(r, row)
		if c > 1 && r.truth[row] < 0 {
			value = nil // without a label there is none of what follows from it
		}
		if err := chunk.SetValue(c, at, value); err != nil {
			return err
		}
	}
	return nil
}
