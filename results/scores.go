package results

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"sync"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/sightline/sightline/internal/lru"
)

// classScores is one class's score of every prediction of an evaluation.
type classScores struct {
	samples []int64
	truth   []int32 // class, -1 without one
	split   []int32 // index into the evaluation's splits, -1 without one
	score   []float32
}

// scoreCache keeps the last few classes looked at: 20 bytes a sample each.
type scoreCache struct {
	mu   sync.Mutex
	held lru.Cache[string, *classScores]

	open      map[string]*classScores // what running queries read, by key
	published int
}

const heldClasses = 4

func (c *scoreCache) get(key string) *classScores {
	c.mu.Lock()
	defer c.mu.Unlock()
	scores, _ := c.held.Get(key)
	return scores
}

func (c *scoreCache) put(key string, s *classScores) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held.Put(key, s, 1)
	for c.held.Len() > heldClasses {
		c.held.TakeOldest()
	}
}

// forget drops the classes of an evaluation whose predictions change.
func (c *scoreCache) forget(evaluation string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held.TakeAll(func(key string) bool { return strings.HasPrefix(key, evaluation+"/") })
}

// classScores reads one class's column from the blocks of an evaluation.
func (db *Store) classScores(ctx context.Context, e *Evaluation, class int) (*classScores, error) {
	if class < 0 || class >= len(e.Classes) {
		return nil, fmt.Errorf("class %d: the classes of %s are 0 to %d", class, e.ID, len(e.Classes)-1)
	}
	files, err := db.blockFiles(ctx, e)
	if err != nil {
		return nil, err
	}
	key := e.ID + "/" + strconv.Itoa(class) + "/" + strconv.Itoa(len(files))
	if s := db.cache.get(key); s != nil {
		return s, nil
	}
	s := &classScores{}
	for _, name := range files {
		if err := s.read(db.ws.Path(name), class); err != nil {
			return nil, fmt.Errorf("reading the scores of %s: %w", e.ID, err)
		}
	}
	db.cache.put(key, s)
	return s, nil
}

func (s *classScores) read(path string, class int) error {
	b, err := OpenBlock(path)
	if err != nil {
		return err
	}
	defer b.Close()
	ids, err := b.Samples()
	if err != nil {
		return err
	}
	truth, err := b.Truth()
	if err != nil {
		return err
	}
	split, err := b.Splits()
	if err != nil {
		return err
	}
	norm, err := b.Norms()
	if err != nil {
		return err
	}
	values, err := b.Column(class)
	if err != nil {
		return err
	}
	for i, id := range ids {
		if truth[i] == unpredicted {
			continue
		}
		s.samples, s.truth, s.split = append(s.samples, id), append(s.truth, truth[i]), append(s.split, split[i])
		s.score = append(s.score, b.Kind.Score(values[i], norm[i]))
	}
	return nil
}

// publishScores makes the table function class_score find one class's scores
// and returns the key to call it with, until release.
func (db *Store) publishScores(ctx context.Context, e *Evaluation, class int) (key string, release func(), err error) {
	s, err := db.classScores(ctx, e, class)
	if err != nil {
		return "", nil, err
	}
	db.cache.mu.Lock()
	defer db.cache.mu.Unlock()
	db.cache.published++
	key = strconv.Itoa(db.cache.published)
	if db.cache.open == nil {
		db.cache.open = map[string]*classScores{}
	}
	db.cache.open[key] = s
	return key, func() {
		db.cache.mu.Lock()
		defer db.cache.mu.Unlock()
		delete(db.cache.open, key)
	}, nil
}

// registerScores gives SQL the function class_score(key): a row (sample, score)
// a prediction, from the score blocks.
func (db *Store) registerScores(ctx context.Context) error {
	text, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err != nil {
		return err
	}
	function := duckdb.ChunkTableFunction{
		Config: duckdb.TableFunctionConfig{Arguments: []duckdb.TypeInfo{text}},
		BindArguments: func(_ map[string]any, args ...any) (duckdb.ChunkTableSource, error) {
			db.cache.mu.Lock()
			defer db.cache.mu.Unlock()
			s := db.cache.open[args[0].(string)]
			if s == nil {
				return nil, fmt.Errorf("class_score: no scores are published as %v", args[0])
			}
			return &scoreSource{scores: s}, nil
		},
	}
	return db.ws.Conn(ctx, func(conn *sql.Conn) error { return duckdb.RegisterTableUDF(conn, "class_score", function) })
}

// scoreSource hands a class's scores to DuckDB, a vector at a time.
type scoreSource struct {
	scores *classScores
	at     int
}

func (s *scoreSource) ColumnInfos() []duckdb.ColumnInfo {
	id, _ := duckdb.NewTypeInfo(duckdb.TYPE_BIGINT)
	score, _ := duckdb.NewTypeInfo(duckdb.TYPE_FLOAT)
	return []duckdb.ColumnInfo{{Name: "sample", T: id}, {Name: "score", T: score}}
}

func (s *scoreSource) Cardinality() *duckdb.CardinalityInfo {
	return &duckdb.CardinalityInfo{Cardinality: uint(len(s.scores.samples)), Exact: true}
}

func (s *scoreSource) Init() { s.at = 0 }

func (s *scoreSource) FillChunk(chunk duckdb.DataChunk) error {
	n := min(duckdb.GetDataChunkCapacity(), len(s.scores.samples)-s.at)
	for i := range n {
		if err := duckdb.SetChunkValue(chunk, 0, i, s.scores.samples[s.at+i]); err != nil {
			return err
		}
		if err := duckdb.SetChunkValue(chunk, 1, i, s.scores.score[s.at+i]); err != nil {
			return err
		}
	}
	s.at += n
	return chunk.SetSize(n)
}
