package server_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/server/api"
)

// ask runs a statement and returns its rows as JSON.
func ask(t *testing.T, c *client.Client, r api.SQLRequest) (string, error) {
	t.Helper()
	rows, err := c.SQL(t.Context(), r)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	all := [][]any{}
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		all = append(all, row)
	}
	text, err := json.Marshal(all)
	return string(text), err
}

// The views say what the API says, values come as they are, and a change of the workspace is seen.
func TestSQL(t *testing.T) {
	_, c := evaluated(t)
	for statement, want := range map[string]string{
		`SELECT label, predicted, count(*) FROM predictions WHERE NOT correct GROUP BY ALL`:                      `[["blue","red",1]]`,
		`SELECT path, width, height FROM samples WHERE path LIKE '%wrong%'`:                                      `[["blue/wrong.png",24,16]]`,
		`FROM (SELECT count(*) FROM best WHERE evaluation = 'colours~net' AND rank = 1)`:                         `[[12]]`,
		`SELECT max(label_rank), bool_and(loss >= 0) FROM predictions`:                                           `[[2,true]]`,
		`SELECT (SELECT count(*) FROM maps), (SELECT count(*) FROM shares), (SELECT count(*) FROM tags)`:         `[[0,0,0]]`,
		`SELECT 'NaN'::DOUBLE, 1e308 * 10, NULL, 9007199254740993, [1, NULL], {'a': 1.50}, '\xAB'::BLOB, 1::BIT`: `[["NaN","Infinity",null,9007199254740993,[1,null],{"a":1.5},"ab","00000000000000000000000000000001"]]`,
		`SELECT DATE '2026-01-02', TIMESTAMP '2026-01-02 03:04:05', 'a' || chr(10) || '<b>'`:                     `[["2026-01-02T00:00:00Z","2026-01-02T03:04:05Z","a\n\u003cb\u003e"]]`,
		`SELECT 1 WHERE false`: `[]`,
	} {
		if got, err := ask(t, c, api.SQLRequest{Statement: statement}); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", statement, got, err, want)
		}
	}
	addOld(t, c)
	if got, err := ask(t, c, api.SQLRequest{Statement: `SELECT count(*) FROM evaluations`}); err != nil || got != "[[2]]" {
		t.Errorf("after another evaluation there are %s, %v", got, err)
	}
	documented, err := os.ReadFile(filepath.Join("..", "docs", "sql.md"))
	must(t, err)
	rows, err := c.SQL(t.Context(), api.SQLRequest{Statement: ".schema"})
	must(t, err)
	defer rows.Close()
	for range rows.Count {
		row, err := rows.Next()
		must(t, err)
		line := "| `" + row[0].(string) + "` |"
		_, rest, found := strings.Cut(string(documented), line)
		rest, _, _ = strings.Cut(rest, "\n")
		if !found || !strings.Contains(rest, "`"+row[1].(string)+"`") {
			t.Errorf("docs/sql.md does not tell of %s.%s", row[0], row[1])
		}
	}
}

// hostile are statements that must do no harm: what is refused, and what reads nothing that is not in the views.
var hostile = strings.Split(strings.TrimSpace(`
INSERT INTO main.datasets (name) VALUES ('x')
UPDATE main.samples SET label = 0
DELETE FROM main.samples
TRUNCATE main.samples
DROP TABLE main.samples
DROP SCHEMA shown CASCADE
ALTER TABLE main.samples ADD COLUMN x INTEGER
CREATE TABLE x (a INTEGER)
CREATE TEMP TABLE x AS SELECT 1
CREATE VIEW x AS SELECT 1
CREATE MACRO x() AS 1
CREATE SECRET (TYPE s3, KEY_ID 'a', SECRET 'b')
CREATE TYPE x AS ENUM ('a')
CREATE SEQUENCE x
MERGE INTO main.datasets USING (SELECT 1 AS id) s ON false WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)
WITH x AS (SELECT 1) INSERT INTO main.datasets (id) SELECT * FROM x
SELECT nextval('dataset_ids')
COPY main.samples TO 'x.csv'
COPY main.samples FROM 'x.csv'
COPY (SELECT 1) TO '/dev/stdout'
EXPORT DATABASE 'x'
IMPORT DATABASE 'x'
ATTACH 'x.duckdb'
ATTACH ':memory:' AS x
DETACH sightline
USE memory
SELECT * FROM read_csv('/etc/passwd')
SELECT * FROM read_text('/etc/hostname')
SELECT * FROM read_blob('/proc/self/environ')
SELECT * FROM read_json('/etc/passwd')
SELECT * FROM read_parquet('s3://bucket/x.parquet')
SELECT * FROM glob('/*')
SELECT * FROM '/etc/passwd'
SELECT * FROM 'https://example.com/x.csv'
SELECT * FROM sniff_csv('/etc/passwd')
SELECT * FROM parquet_metadata('/etc/passwd')
SELECT * FROM duckdb_secrets()
INSTALL httpfs
LOAD httpfs
FORCE INSTALL sqlite FROM community
LOAD '/tmp/x.duckdb_extension'
UPDATE EXTENSIONS
SET enable_external_access = true
SET lock_configuration = false
SET memory_limit = '100GB'
RESET lock_configuration
SET GLOBAL threads = 64
SET VARIABLE x = 1
PRAGMA enable_profiling
PRAGMA enable_logging
PRAGMA database_list
SET profiling_output = 'x.json'
CALL enable_logging(storage = 'file', storage_path = 'x')
SELECT * FROM enable_logging(storage = 'file', storage_path = 'x')
SELECT * FROM enable_profiling(save_location = 'x.json')
SELECT * FROM truncate_duckdb_logs()
CALL pragma_version()
CHECKPOINT
FORCE CHECKPOINT
SELECT * FROM force_checkpoint()
VACUUM
ANALYZE
BEGIN TRANSACTION
COMMIT
PREPARE x AS SELECT 1
EXECUTE x
DEALLOCATE x
EXPLAIN ANALYZE SELECT 1
SELECT 1; DELETE FROM main.samples
SELECT 1; SELECT 2
SELECT ?
SELECT getenv('HOME')
SELECT * FROM query('DELETE FROM main.samples RETURNING 1')
SELECT error('stop')
SELECT
`+"SELECT '\x00'"+`
)(
`), "\n")

// Whatever is asked, the server answers afterwards, what is stored stays, and nothing is written anywhere.
func TestSQLDoesNoHarm(t *testing.T) {
	s, c := evaluated(t)
	before, err := c.DatasetHash(t.Context(), "colours")
	must(t, err)
	answered := []string{}
	for i, statement := range hostile {
		if !thorough.On() && i%3 != 0 {
			continue // a process each: all of them in continuous integration
		}
		got, err := ask(t, c, api.SQLRequest{Statement: statement})
		switch {
		case err == nil && got != "[]" && !strings.Contains(statement, "log") && !strings.HasPrefix(statement, "PRAGMA database_list"):
			answered = append(answered, statement+" gives "+got)
		case err != nil && !isStatus(err, http.StatusUnprocessableEntity) && !isStatus(err, http.StatusRequestEntityTooLarge):
			t.Errorf("%s: %v", statement, err)
		}
		if after, err := c.DatasetHash(t.Context(), "colours"); err != nil || after != before {
			t.Fatalf("after %s the dataset is %+v, %v; before %+v", statement, after, err, before)
		}
	}
	if len(hostile) < 60 || len(answered) > 0 {
		t.Errorf("%d statements; answered were %s", len(hostile), strings.Join(answered, "\n"))
	}
	for _, place := range []string{".", os.TempDir(), s.Workspace(), filepath.Join(s.Workspace(), "tmp")} {
		for _, name := range []string{"x", "x.csv", "x.json", "x.duckdb"} {
			if _, err := os.Lstat(filepath.Join(place, name)); err == nil {
				t.Errorf("%s was written in %s", name, place)
			}
		}
	}
	left, err := filepath.Glob(filepath.Join(s.Workspace(), "tmp", "*.rows"))
	if err != nil || len(left) > 0 {
		t.Errorf("left over are %v, %v", left, err)
	}
}

// Time, memory and output are bounded, within two seconds.
func TestSQLLimits(t *testing.T) {
	_, c := evaluated(t)
	if _, err := ask(t, c, api.SQLRequest{Statement: "SELECT 1", Memory: 1}); !isStatus(err, http.StatusRequestEntityTooLarge) || !strings.Contains(err.Error(), "more than 1 MB of memory") {
		t.Errorf("a megabyte, in which no database opens: %v", err)
	}
	for statement, want := range map[string]string{
		`SELECT length(repeat('a', 2000000000))`: "more than 256 MB of memory",
		`SELECT max(a) FROM (SELECT string_agg(repeat(i::VARCHAR, 1000), '') AS a FROM range(1000000) r(i))`: "memory",
		`WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT count(*) FROM r`:                 "ended after 1s",
		`SELECT repeat('a', 10000) FROM range(1000)`:                                                         "more than 1 MB",
	} {
		began := time.Now()
		_, err := ask(t, c, api.SQLRequest{Statement: statement, Seconds: 1, Memory: 256, Output: 1})
		if took := time.Since(began); !isStatus(err, http.StatusRequestEntityTooLarge) || !strings.Contains(err.Error(), want) && !strings.Contains(err.Error(), "ended after 1s") || took > 6*time.Second {
			t.Errorf("%s: after %s: %v", statement, took, err)
		}
	}
	if got, err := ask(t, c, api.SQLRequest{Statement: `SELECT count(*) FROM samples`}); err != nil || got != "[[12]]" {
		t.Errorf("afterwards there are %s, %v", got, err)
	}
}
