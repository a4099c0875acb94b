package layout

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// whereSQL are the folders and files that may hold SQL, and why. Everybody else asks a
// store by its methods: so what a table means is known in one place, and migrations miss
// nobody.
var whereSQL = map[string]string{
	"workspace": "the engine: connections, transactions, migrations, packs",
	"catalog":   "a store", "results": "a store", "maps": "a store", "trials": "a store", "marks": "a store", "parts": "a store", "selections": "a store", "spaces": "a store", "columns": "a store",
	"jobs/sqlstore.go": "a store", "jobs/sqlchunks.go": "a store", "jobs/sqlitems.go": "a store",
	"findings/tables":       "what findings are made of, joined from the tables of several stores",
	"slice":                 "criteria become conditions that stores put into their queries",
	"checkup":               "looks at the tables of all stores in a database that none of them has open",
	"console":               "answers users' statements in processes of their own, over views of a copy",
	"cmd/sightline/sql.go":  "examples of what users may ask",
	"internal/parquet":      "DuckDB writes Parquet files, from a database of its own",
	"internal/oldworkspace": "a helper of tests: rewrites paths in stored workspaces",
}

// drivers are the packages that lead to a database.
var drivers = []string{"database/sql", "database/sql/driver", "github.com/duckdb/duckdb-go/v2"}

// statements finds SQL in a text of code: its keywords in capitals anywhere, or any
// statement at the beginning.
var (
	statements = regexp.MustCompile(`\b(SELECT\s|INSERT INTO\s|DELETE FROM\s|UPDATE\s+\S+\s+SET\b|(CREATE|ALTER|DROP)\s+(TABLE|INDEX|VIEW|MACRO)\b|COPY\s.+\sTO\b|ORDER BY\s|GROUP BY\s)|(?i)^\s*(select\s.*\sfrom\s|insert into\s|delete from\s|update\s\S+\sset\s|(create|alter|drop) table\s)`)
	writes     = regexp.MustCompile(`\b(?:INSERT INTO|DELETE FROM|UPDATE|(?:ALTER|DROP) TABLE(?: IF EXISTS)?)\s+([a-z_]+)`)
	creates    = regexp.MustCompile(`\bCREATE (?:OR REPLACE )?(?:TEMP )?TABLE (?:IF NOT EXISTS )?([a-z_]+)`)
)

// There is SQL in the stores alone.
func TestSQLIsInStores(t *testing.T) {
	used := map[string]bool{}
	for _, f := range readFiles(t) {
		place := f.folder + "/" + f.name
		found := sqlOf(parsed(t, place))
		if len(found) == 0 {
			continue
		}
		switch {
		case whereSQL[f.folder] != "":
			used[f.folder] = true
		case whereSQL[place] != "":
			used[place] = true
		default:
			t.Errorf("%s: %s; ask a store by a method instead", place, strings.Join(found, ", "))
		}
	}
	for place := range whereSQL {
		if !used[place] {
			t.Errorf("%s has no SQL any more: take it off the table", place)
		}
	}
}

func parsed(t *testing.T, place string) *ast.File {
	t.Helper()
	_, syntax := parsedAt(t, place)
	return syntax
}

// read are the files that a test has parsed: several look at all of them.
var read = map[string]struct {
	set    *token.FileSet
	syntax *ast.File
}{}

// parsedAt parses a file of ours, with its comments.
func parsedAt(t *testing.T, place string) (*token.FileSet, *ast.File) {
	t.Helper()
	r, ok := read[place]
	if !ok {
		content, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(place)))
		if err != nil {
			t.Fatal(err)
		}
		r.set, r.syntax = parsedText(t, string(content))
		read[place] = r
	}
	return r.set, r.syntax
}

func parsedText(t *testing.T, source string) (*token.FileSet, *ast.File) {
	t.Helper()
	set := token.NewFileSet()
	syntax, err := parser.ParseFile(set, "", source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return set, syntax
}

// sqlOf tells what a file has of SQL: imports, and statements in its texts.
func sqlOf(syntax *ast.File) (found []string) {
	for _, spec := range syntax.Imports {
		if name, err := strconv.Unquote(spec.Path.Value); err == nil && slices.Contains(drivers, name) {
			found = append(found, "imports "+name)
		}
	}
	for _, text := range texts(syntax) {
		if match := statements.FindString(text); match != "" {
			found = append(found, fmt.Sprintf("says %q", match))
		}
	}
	return found
}

// texts are the string literals of a file.
func texts(syntax *ast.File) (list []string) {
	ast.Inspect(syntax, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil {
				list = append(list, text)
			}
		}
		return true
	})
	return list
}

// A store writes the tables that it makes; those of others it may join.
func TestStoresWriteTheirOwnTables(t *testing.T) {
	makes := map[string][]string{"jobs": {"jobs_schema"}} // which the first versions made
	said := map[string][]string{}
	stores := []string{"workspace", "jobs"}
	for place, why := range whereSQL {
		if why == "a store" && !strings.HasSuffix(place, ".go") {
			stores = append(stores, place)
		}
	}
	for _, store := range stores {
		schema, err := os.ReadFile(filepath.Join("..", "..", store, "schema.sql"))
		if err != nil {
			t.Fatal(err)
		}
		said[store] = []string{string(schema)}
	}
	for _, f := range readFiles(t) {
		if said[f.folder] != nil {
			said[f.folder] = append(said[f.folder], texts(parsed(t, f.folder+"/"+f.name))...)
		}
	}
	checked := 0
	for store, list := range said {
		all := strings.Join(list, "\n;\n")
		for _, m := range creates.FindAllStringSubmatch(all, -1) {
			makes[store] = append(makes[store], m[1])
		}
		for _, m := range writes.FindAllStringSubmatch(all, -1) {
			if checked++; !slices.Contains(makes[store], m[1]) {
				t.Errorf("%s writes the table %s of another store", store, m[1])
			}
		}
	}
	if checked < 30 {
		t.Errorf("found only %d statements that write", checked)
	}
}

// SQL is told from what looks like it.
func TestSQLIsFound(t *testing.T) {
	for source, want := range map[string]int{
		"package a\nimport _ `database/sql`":                                  1,
		"package a\nvar q = `SELECT 1`":                                       1,
		"package a\nvar q = `x` + ` WHERE a ORDER BY b`":                      1,
		"package a\nvar q = `select count(*) from jobs`":                      1,
		"package a\nvar q = \"\\n\\tUPDATE jobs\\n\\t\\tSET state = 'done'\"": 1,
		"package a\nvar q = `DROP TABLE IF EXISTS a`":                         1,
		"package a\n// SELECT 1\nvar q = `select a sample from the list`":     1, // said otherwise, it is none:
		"package a\nvar q = `Select samples; update the table, copy to it`":   0,
		"package a\nvar q = `SELECTED, ordered by path`":                      0,
	} {
		syntax, err := parser.ParseFile(token.NewFileSet(), "a.go", source, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := sqlOf(syntax); len(got) != want {
			t.Errorf("%s: found %q", source, got)
		}
	}
}
