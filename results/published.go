package results

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"sync"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/sightline/sightline/internal/lru"
	"github.com/sightline/sightline/workspace"
)

// tableRows are computed here and read by SQL.
type tableRows interface {
	count() int
	// put writes one of them as a row of a vector.
	put(chunk duckdb.DataChunk, at, row int) error
}

// published gives SQL a function NAME(key), whose rows are computed here: what queries under way
// read, by key, and the last few that were computed, for the next query.
type published[R tableRows] struct {
	name    string
	columns []column
	most    int // that are kept

	mu    sync.Mutex
	held  lru.Cache[string, R]
	open  map[string]R // what running queries read
	times int          // that something was published
}

// column is one of the function's.
type column struct {
	name string
	kind duckdb.Type
}

// register adds the function to a database.
func (p *published[R]) register(ctx context.Context, ws *workspace.Workspace) error {
	text, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err != nil {
		return err
	}
	infos := make([]duckdb.ColumnInfo, len(p.columns))
	for i, c := range p.columns {
		kind, err := duckdb.NewTypeInfo(c.kind)
		if err != nil {
			return err
		}
		infos[i] = duckdb.ColumnInfo{Name: c.name, T: kind}
	}
	function := duckdb.ChunkTableFunction{
		Config: duckdb.TableFunctionConfig{Arguments: []duckdb.TypeInfo{text}},
		BindArguments: func(_ map[string]any, args ...any) (duckdb.ChunkTableSource, error) {
			p.mu.Lock()
			defer p.mu.Unlock()
			r, ok := p.open[args[0].(string)]
			if !ok {
				return nil, fmt.Errorf("%s: nothing is published as %v", p.name, args[0])
			}
			return &publishedSource{columns: infos, rows: r}, nil
		},
	}
	return ws.Conn(ctx, func(conn *sql.Conn) error { return duckdb.RegisterTableUDF(conn, p.name, function) })
}

// publish makes the function find rows by the key it returns, until release.
func (p *published[R]) publish(r R) (key string, release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.times++
	key = strconv.Itoa(p.times)
	if p.open == nil {
		p.open = map[string]R{}
	}
	p.open[key] = r
	return key, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.open, key)
	}
}

// get returns rows that were kept, and whether they were.
func (p *published[R]) get(key string) (R, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held.Get(key)
}

// keep keeps rows for the next who ask, and drops those that were asked for longest ago.
func (p *published[R]) keep(key string, r R) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held.Put(key, r, 1)
	for p.held.Len() > p.most {
		p.held.TakeOldest()
	}
}

// forget drops the kept rows whose keys a condition holds for.
func (p *published[R]) forget(holds func(key string) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held.TakeAll(holds)
}

// publishedSource gives rows to DuckDB, a vector at a time.
type publishedSource struct {
	columns []duckdb.ColumnInfo
	rows    tableRows
	at      int
}

func (s *publishedSource) ColumnInfos() []duckdb.ColumnInfo { return s.columns }

func (s *publishedSource) Cardinality() *duckdb.CardinalityInfo {
	return &duckdb.CardinalityInfo{Cardinality: uint(s.rows.count()), Exact: true}
}

func (s *publishedSource) Init() { s.at = 0 }

func (s *publishedSource) FillChunk(chunk duckdb.DataChunk) error {
	n := min(duckdb.GetDataChunkCapacity(), s.rows.count()-s.at)
	for i := range n {
		if err := s.rows.put(chunk, i, s.at+i); err != nil {
			return err
		}
	}
	s.at += n
	return chunk.SetSize(n)
}
