package workspace

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"os"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// RegionRow is what one map says of one region of its sample.
type RegionRow struct {
	Sample           int64
	Path             string
	Split            string
	Label, Predicted string // class names; "" for none
	Method           string
	Options          string  // settings that are not the default, NAME=VALUE, by name
	Target           string  // predicted, true, contrast or class:INDEX
	Explained        string  // the class it meant
	Minus            string  // the class that a contrast subtracts, else ""
	Score            float64 // what is explained
	Region           string
	Builtin          bool // every picture has it; else the dataset says where it is
	Share, Area      float64
	Ratio, Negative  float64
	Hottest          bool
	Degenerate       string // why the map means nothing, else ""
	Verdict          string // green, amber, red; "" where the map was not judged
	// Insertion and Deletion are areas under the map's curves; nil where there are none.
	Insertion, Deletion *float64
	Seed                uint64
}

const regionColumns = `sample BIGINT, path VARCHAR, split VARCHAR, label VARCHAR, predicted VARCHAR, method VARCHAR, options VARCHAR, target VARCHAR,
	explained VARCHAR, minus VARCHAR, score DOUBLE, region VARCHAR, builtin BOOLEAN, share DOUBLE, area DOUBLE, ratio DOUBLE, negative DOUBLE, hottest BOOLEAN,
	degenerate VARCHAR, verdict VARCHAR, insertion DOUBLE, deletion DOUBLE, seed UBIGINT`

// WriteRegions writes rows as a Parquet file; what is empty is NULL. It needs no
// open workspace. The file is replaced in one step.
func WriteRegions(ctx context.Context, path string, rows []RegionRow) error {
	if err := writeRegions(ctx, path+".new", rows); err != nil {
		os.Remove(path + ".new")
		return fmt.Errorf("writing the table of regions %s: %w", path, err)
	}
	return os.Rename(path+".new", path)
}

func writeRegions(ctx context.Context, path string, rows []RegionRow) error {
	connector, err := duckdb.NewConnector("", nil)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	db.SetMaxOpenConns(1) // a database in memory is its connection's
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `CREATE TABLE regions (`+regionColumns+`)`); err != nil {
		return err
	}
	if err := conn.Raw(func(c any) error { return appendRegions(c.(driver.Conn), rows) }); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, `COPY regions TO '`+strings.ReplaceAll(path, "'", "''")+`' (FORMAT parquet, COMPRESSION zstd)`)
	return err
}

func appendRegions(c driver.Conn, rows []RegionRow) error {
	a, err := duckdb.NewAppenderFromConn(c, "", "regions")
	if err != nil {
		return err
	}
	for _, r := range rows {
		err := a.AppendRow(r.Sample, r.Path, text(r.Split), text(r.Label), text(r.Predicted), r.Method, text(r.Options), r.Target, r.Explained, text(r.Minus), r.Score,
			r.Region, r.Builtin, r.Share, r.Area, r.Ratio, r.Negative, r.Hottest, text(r.Degenerate), text(r.Verdict), number(r.Insertion), number(r.Deletion), r.Seed)
		if err != nil {
			a.Close()
			return err
		}
	}
	return a.Close()
}

// text is NULL for nothing.
func text(s string) driver.Value {
	if s == "" {
		return nil
	}
	return s
}

func number(v *float64) driver.Value {
	if v == nil {
		return nil
	}
	return *v
}
