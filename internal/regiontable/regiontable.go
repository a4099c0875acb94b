// Package regiontable writes what maps say of regions as a Parquet file.
package regiontable

import (
	"context"
	"iter"

	"github.com/sightline/sightline/internal/parquet"
)

// Row is what one map says of one region of its sample.
type Row struct {
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
	Builtin          bool // every image has it; else the dataset says where it is
	Share, Area      float64
	Ratio, Negative  float64
	Hottest          bool
	Degenerate       string // why the map means nothing, else ""
	Verdict          string // green, amber, red; "" where the map was not assessed
	// Insertion and Deletion are areas under the map's curves; nil where there are none.
	Insertion, Deletion *float64
	Seed                uint64
}

var columns = []parquet.Column{
	{Name: "sample", Type: "BIGINT"}, {Name: "path", Type: "VARCHAR"}, {Name: "split", Type: "VARCHAR"}, {Name: "label", Type: "VARCHAR"},
	{Name: "predicted", Type: "VARCHAR"}, {Name: "method", Type: "VARCHAR"}, {Name: "options", Type: "VARCHAR"}, {Name: "target", Type: "VARCHAR"},
	{Name: "explained", Type: "VARCHAR"}, {Name: "minus", Type: "VARCHAR"}, {Name: "score", Type: "DOUBLE"}, {Name: "region", Type: "VARCHAR"},
	{Name: "builtin", Type: "BOOLEAN"}, {Name: "share", Type: "DOUBLE"}, {Name: "area", Type: "DOUBLE"}, {Name: "ratio", Type: "DOUBLE"},
	{Name: "negative", Type: "DOUBLE"}, {Name: "hottest", Type: "BOOLEAN"}, {Name: "degenerate", Type: "VARCHAR"}, {Name: "verdict", Type: "VARCHAR"},
	{Name: "insertion", Type: "DOUBLE"}, {Name: "deletion", Type: "DOUBLE"}, {Name: "seed", Type: "UBIGINT"},
}

// Write writes rows as a Parquet file, as they come; what is empty is NULL. It needs no
// open workspace. The file is replaced in one step.
func Write(ctx context.Context, path string, rows iter.Seq[Row]) error {
	return parquet.Write(ctx, path, columns, func(add func(...parquet.Value) error) error {
		for r := range rows {
			err := add(r.Sample, r.Path, text(r.Split), text(r.Label), text(r.Predicted), r.Method, text(r.Options), r.Target, r.Explained, text(r.Minus), r.Score,
				r.Region, r.Builtin, r.Share, r.Area, r.Ratio, r.Negative, r.Hottest, text(r.Degenerate), text(r.Verdict), number(r.Insertion), number(r.Deletion), r.Seed)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// text is NULL for nothing.
func text(s string) parquet.Value {
	if s == "" {
		return nil
	}
	return s
}

func number(v *float64) parquet.Value {
	if v == nil {
		return nil
	}
	return *v
}
