package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/console"
	"github.com/sightline/sightline/internal/parquet"
	"github.com/sightline/sightline/server/api"
)

func sqlVerb() verb {
	return verb{name: "sql", group: groupResult, args: []argument{{name: "STATEMENT", is: "a SELECT, or .schema"}},
		summary: "Ask with SQL: one SELECT over documented views",
		about: `Answers one SELECT, in the SQL of DuckDB, over views of samples, predictions, maps,
shares, tags and more: docs/sql.md describes them, and .schema lists their columns.
The statement runs in a process of its own over a copy of what is stored: it can
change nothing, and reads no files. It is ended after --seconds, or when it takes more
than --memory, or gives more than --output.

The result is a table; --out FILE writes it as .csv, .parquet or .json.`,
		examples: []string{
			"sightline sql .schema",
			"sightline sql 'SELECT label, count(*) FROM predictions WHERE NOT correct GROUP BY label'",
			"sightline sql 'SELECT path, confidence FROM predictions WHERE NOT correct' --out wrong.parquet",
		},
		exits:  []exit{{exitFailed, "the statement is refused, reached a limit, or could not be asked"}},
		define: defineSQL}
}

// sqlChildVerb is what a server starts for each statement; nobody types it.
func sqlChildVerb() verb {
	return verb{name: console.Argument, summary: "Answer a statement of a server (started by it)", define: func(*pflag.FlagSet) action {
		return func(context.Context, *call) error { return console.Child(os.Stdin, os.Stdout) }
	}}
}

func defineSQL(flags *pflag.FlagSet) action {
	var r api.SQLRequest
	flags.IntVar(&r.Seconds, "seconds", 30, "end the statement after so many seconds (`N`)")
	flags.IntVar(&r.Memory, "memory", 1024, "of its process, in `MIB`")
	flags.IntVar(&r.Output, "output", 100, "of its result at most, in `MB`")
	out := flags.String("out", "", "write the result to `FILE` (.csv, .parquet or .json)")
	return func(ctx context.Context, c *call) error {
		r.Statement = strings.TrimSpace(c.args[0])
		ending := strings.ToLower(filepath.Ext(*out))
		switch {
		case r.Statement == "":
			return usageError{"the statement is empty: such as 'SELECT * FROM evaluations', or .schema"}
		case *out != "" && !slices.Contains([]string{".csv", ".parquet", ".json"}, ending):
			return usageError{fmt.Sprintf("--out %s: must end in .csv, .parquet or .json", *out)}
		case r.Seconds < 1 || r.Seconds > 3600, r.Memory < 1 || r.Memory > 65536, r.Output < 1 || r.Output > 10000:
			return usageError{"--seconds must be 1 to 3600, --memory 1 to 65536, --output 1 to 10000"}
		}
		return withStored(ctx, c, func(s *session) error {
			rows, err := s.SQL(ctx, r)
			if err != nil {
				return err
			}
			defer rows.Close()
			if *out == "" {
				return printRows(c, rows)
			}
			if err := writeRows(ctx, rows, *out, ending); err != nil {
				return fmt.Errorf("writing the result to %s: %w", *out, err)
			}
			fmt.Fprintf(c.stderr, "%s written to %s\n", plural(rows.Count, "row"), *out)
			return nil
		})
	}
}

// printRows prints a result as a table, or as JSON.
func printRows(c *call, rows *client.SQLRows) error {
	if c.json {
		return rowsAsJSON(rows, c.stdout)
	}
	heads := make([]string, len(rows.Columns))
	for i, column := range rows.Columns {
		heads[i] = oneLine(column.Name)
		if isNumber(column.Type) {
			heads[i] = "\t" + heads[i]
		}
	}
	t := newTable(heads...)
	err := eachRow(rows, func(row []any) error {
		cells := make([]any, len(row))
		for i, v := range row {
			cells[i] = oneLine(inWords(v))
		}
		t.row(cells...)
		return nil
	})
	if err != nil {
		return err
	}
	t.write(c.stdout)
	return nil
}

func eachRow(rows *client.SQLRows, do func([]any) error) error {
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = do(row)
		}
		if err != nil {
			return err
		}
	}
}

// oneLine shows line ends and other controls of a text by their escapes, so that a table stays one.
func oneLine(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) < 0 {
		return text
	}
	quoted := strconv.QuoteToASCII(text)
	return quoted[1 : len(quoted)-1]
}

// isNumber tells columns that are set flush right.
func isNumber(kind string) bool {
	return !strings.HasSuffix(kind, "]") && kind != "INTERVAL" && slices.ContainsFunc([]string{"INT", "FLOAT", "DOUBLE", "DECIMAL"}, func(part string) bool { return strings.Contains(kind, part) })
}

// inWords is a value as text; nothing is empty.
func inWords(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number, bool:
		return fmt.Sprint(v)
	}
	text, _ := json.Marshal(v) // it came as JSON
	return string(text)
}

// writeRows writes a result as a file.
func writeRows(ctx context.Context, rows *client.SQLRows, path, ending string) error {
	if ending == ".parquet" {
		return rowsAsParquet(ctx, rows, path)
	}
	write := map[string]func(*client.SQLRows, io.Writer) error{".csv": rowsAsCSV, ".json": rowsAsJSON}[ending]
	return writeFile(path, func(f *os.File) error {
		w := bufio.NewWriter(f)
		return errors.Join(write(rows, w), w.Flush())
	})
}

func rowsAsCSV(rows *client.SQLRows, w io.Writer) error {
	out := csv.NewWriter(w)
	cells := make([]string, len(rows.Columns))
	for i, column := range rows.Columns {
		cells[i] = column.Name
	}
	_ = out.Write(cells) // kept for Error
	err := eachRow(rows, func(row []any) error {
		for i, v := range row {
			cells[i] = inWords(v)
		}
		return out.Write(cells)
	})
	out.Flush()
	return errors.Join(err, out.Error())
}

// rowsAsJSON writes {"columns": […], "rows": [[…]]}.
func rowsAsJSON(rows *client.SQLRows, w io.Writer) error {
	columns, err := json.Marshal(rows.Columns)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "{\"columns\": %s, \"rows\": [", columns); err != nil {
		return err
	}
	before := ""
	err = eachRow(rows, func(row []any) error {
		list, err := json.Marshal(row)
		if err == nil {
			_, err = fmt.Fprintf(w, "%s\n  %s", before, list)
		}
		before = ","
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, "\n]}")
	return err
}

// rowsAsParquet keeps numbers, truth values, times and texts; all else is text, as in a table.
func rowsAsParquet(ctx context.Context, rows *client.SQLRows, path string) error {
	columns := make([]parquet.Column, len(rows.Columns))
	for i, column := range rows.Columns {
		columns[i] = parquet.Column{Name: column.Name, Type: parquetType(column.Type)}
	}
	return parquet.Write(ctx, path, columns, func(add func(row ...parquet.Value) error) error {
		return eachRow(rows, func(row []any) error {
			values := make([]parquet.Value, len(row))
			for i, v := range row {
				var err error
				if values[i], err = parquetValue(columns[i].Type, v); err != nil {
					return fmt.Errorf("column %s: %w", columns[i].Name, err)
				}
			}
			return add(values...)
		})
	})
}

// parquetType is what a column becomes.
func parquetType(kind string) string {
	switch kind {
	case "BOOLEAN", "DOUBLE", "DATE", "TIMESTAMP", "TIMESTAMPTZ":
		return kind
	case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER":
		return "BIGINT"
	case "FLOAT", "HUGEINT", "UHUGEINT", "UBIGINT":
		return "DOUBLE"
	}
	if strings.HasPrefix(kind, "DECIMAL") {
		return "DOUBLE"
	}
	return "VARCHAR"
}

// parquetValue is a value of a result in the type of its column.
func parquetValue(kind string, v any) (parquet.Value, error) {
	if v == nil {
		return nil, nil
	}
	text := inWords(v)
	switch kind {
	case "BOOLEAN":
		return strconv.ParseBool(text)
	case "BIGINT":
		return strconv.ParseInt(text, 10, 64)
	case "DOUBLE":
		return strconv.ParseFloat(text, 64) // knows NaN and Infinity
	case "DATE", "TIMESTAMP", "TIMESTAMPTZ":
		return time.Parse(time.RFC3339Nano, text)
	}
	return text, nil
}
