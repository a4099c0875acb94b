// Package console answers SQL that users write, over documented views of the workspace
// (views.sql, docs/sql.md).
//
// Users' SQL never runs in the server: DuckDB's settings hold for a whole process, a statement
// can take more memory than its limit, and some end the process. So the database is copied
// (Copy: after a checkpoint, while nobody writes, by a process of its own, since a process that
// opens and closes a file that it has locked loses the lock), and each statement runs in a
// process of its own over the copy (Child): read-only, locked, without files, network
// and extensions, in bounded memory, time and output. The copy is used until the workspace
// changes.
package console

import (
	"errors"
	"time"
)

// Limits bound one statement.
type Limits struct {
	Time   time.Duration // after which it is ended
	Memory int64         // bytes of its process
	Output int64         // bytes of its result
}

// DefaultLimits are those of a statement that asks for no others.
var DefaultLimits = Limits{Time: 30 * time.Second, Memory: 1 << 30, Output: 100_000_000}

// MostLimits are the largest that may be asked for.
var MostLimits = Limits{Time: time.Hour, Memory: 64 << 30, Output: 10_000_000_000}

// Argument is what follows the program's own arguments in a child process.
const Argument = "sql-child"

// Errors of statements. All others are of the workspace.
var (
	ErrRefused = errors.New("the statement is refused")         // not one SELECT, or a mistake in it
	ErrLimit   = errors.New("the statement reached its limits") // time, memory or output
)

// Column is a column of a result, with DuckDB's name of its type.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Schema is the statement that lists the views with their columns.
const Schema = `SELECT table_name AS "view", column_name AS "column", data_type AS type FROM information_schema.columns
	WHERE table_schema = 'shown' ORDER BY table_name, ordinal_position`

// order is what a child reads from its standard input, as JSON.
type order struct {
	From, To  string `json:",omitempty"` // copy a database
	File      string `json:",omitempty"` // or query one
	Statement string `json:",omitempty"`
	Memory    int64
	Time      time.Duration
}

// verdict is the last line of what a child writes, as JSON: nothing else proves that it came to its end.
type verdict struct {
	End     bool   `json:"end"`
	Rows    int    `json:"rows"`
	Refused string `json:"refused,omitempty"`
	Failed  string `json:"failed,omitempty"`
}
