package results

import (
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"
	"strconv"
	"sync"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/sightline/sightline/internal/lru"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// relabelled are the predictions of samples for which another label is proposed, as they would be
// stored with that label: its class, -1 where the model has none, and what follows from it.
type relabelled = predictionRows

// relabelCache keeps what was computed of the last few evaluations.
type relabelCache struct {
	mu   sync.Mutex
	held lru.Cache[string, *relabelled]

	open      map[string]*relabelled // what running queries read, by key
	published int
}

const heldRelabels = 4

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
	c := &db.relabels
	c.mu.Lock()
	defer c.mu.Unlock()
	c.published++
	key := strconv.Itoa(c.published)
	if c.open == nil {
		c.open = map[string]*relabelled{}
	}
	c.open[key] = r
	replaced := ""
	for i, column := range relabelColumns[1:] {
		if i > 0 {
			replaced += ", "
		}
		replaced += fmt.Sprintf("CASE WHEN r.sample IS NULL THEN p.%[1]s ELSE r.%[1]s END AS %[1]s", column.name)
	}
	from = fmt.Sprintf("(SELECT p.* REPLACE (%s) FROM predictions p LEFT JOIN relabelled(%s) r ON r.sample = p.sample WHERE p.evaluation = %d) p",
		replaced, workspace.Quote(key), e.number)
	return from, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.open, key)
	}, nil
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
	db.relabels.mu.Lock()
	r, ok := db.relabels.held.Get(key)
	db.relabels.mu.Unlock()
	if ok {
		return r, nil
	}
	if r, err = db.withLabels(ctx, e, list); err != nil {
		return nil, err
	}
	db.relabels.mu.Lock()
	defer db.relabels.mu.Unlock()
	db.relabels.held.Put(key, r, 1)
	for db.relabels.held.Len() > heldRelabels {
		db.relabels.held.TakeOldest()
	}
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
	b, err := OpenBlock(db.ws.Path(list[0].file))
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
	name string
	kind duckdb.Type
	of   func(r *relabelled, i int) any
}{
	{"sample", duckdb.TYPE_BIGINT, func(r *relabelled, i int) any { return r.sample[i] }},
	{"truth", duckdb.TYPE_INTEGER, func(r *relabelled, i int) any { return r.truth[i] }},
	{"truth_score", duckdb.TYPE_FLOAT, func(r *relabelled, i int) any { return r.truthScore[i] }},
	{"truth_rank", duckdb.TYPE_INTEGER, func(r *relabelled, i int) any { return r.truthRank[i] }},
	{"loss", duckdb.TYPE_DOUBLE, func(r *relabelled, i int) any { return r.loss[i] }},
	{"log_loss", duckdb.TYPE_DOUBLE, func(r *relabelled, i int) any { return r.logLoss[i] }},
	{"brier", duckdb.TYPE_DOUBLE, func(r *relabelled, i int) any { return r.brier[i] }},
}

// registerRelabels gives SQL the function relabelled(key): a row for each sample with a proposed label.
func (db *Store) registerRelabels(ctx context.Context) error {
	text, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err != nil {
		return err
	}
	function := duckdb.ChunkTableFunction{
		Config: duckdb.TableFunctionConfig{Arguments: []duckdb.TypeInfo{text}},
		BindArguments: func(_ map[string]any, args ...any) (duckdb.ChunkTableSource, error) {
			db.relabels.mu.Lock()
			defer db.relabels.mu.Unlock()
			r := db.relabels.open[args[0].(string)]
			if r == nil {
				return nil, fmt.Errorf("relabelled: nothing is published as %v", args[0])
			}
			return &relabelSource{rows: r}, nil
		},
	}
	return db.ws.Conn(ctx, func(conn *sql.Conn) error { return duckdb.RegisterTableUDF(conn, "relabelled", function) })
}

// relabelSource hands relabelled predictions to DuckDB, a vector at a time.
type relabelSource struct {
	rows *relabelled
	at   int
}

func (s *relabelSource) ColumnInfos() []duckdb.ColumnInfo {
	list := make([]duckdb.ColumnInfo, len(relabelColumns))
	for i, c := range relabelColumns {
		kind, _ := duckdb.NewTypeInfo(c.kind)
		list[i] = duckdb.ColumnInfo{Name: c.name, T: kind}
	}
	return list
}

func (s *relabelSource) Cardinality() *duckdb.CardinalityInfo {
	return &duckdb.CardinalityInfo{Cardinality: uint(len(s.rows.sample)), Exact: true}
}

func (s *relabelSource) Init() { s.at = 0 }

func (s *relabelSource) FillChunk(chunk duckdb.DataChunk) error {
	n := min(duckdb.GetDataChunkCapacity(), len(s.rows.sample)-s.at)
	for i := range n {
		for c, column := range relabelColumns {
			value := column.of(s.rows, s.at+i)
			if c > 1 && s.rows.truth[s.at+i] < 0 {
				value = nil // without a label there is none of what follows from it
			}
			if err := chunk.SetValue(c, i, value); err != nil {
				return err
			}
		}
	}
	s.at += n
	return chunk.SetSize(n)
}
