package console

import (
	"bufio"
	"context"
	"database/sql/driver"
	_ "embed" // the views
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"unicode"

	"github.com/duckdb/duckdb-go/v2"
)

//go:embed views.sql
var views string

// Child is the whole life of a child process: it does what standard input orders, and writes a
// result to standard output: a line of columns, a line per row, a line of the verdict.
func Child(in io.Reader, out io.Writer) error {
	var o order
	if err := json.NewDecoder(in).Decode(&o); err != nil {
		return fmt.Errorf("reading the order: %w", err)
	}
	if o.To != "" {
		return copyDatabase(o.From, o.To)
	}
	if err := confine(o); err != nil {
		return err
	}
	w := bufio.NewWriterSize(out, 1<<16)
	end := verdict{End: true}
	err := answer(o, w, &end.Rows)
	if errors.Is(err, ErrRefused) {
		end.Refused = err.Error()
	} else if err != nil {
		end.Failed = err.Error()
	}
	return errors.Join(json.NewEncoder(w).Encode(end), w.Flush())
}

// copyDatabase copies a database that nobody writes, and adds the views to the copy.
func copyDatabase(from, to string) error {
	if err := copyFile(from, to); err != nil {
		return fmt.Errorf("copying the database: %w", err)
	}
	conn, err := connect(to + "?memory_limit=256MB&threads=1")
	if err != nil {
		return err
	}
	if err := run(conn, views); err != nil {
		return fmt.Errorf("making the views: %w", err)
	}
	return conn.Close()
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// locked are the settings under which users' statements run. The last one forbids to change any.
const locked = `SET autoinstall_known_extensions = false; SET autoload_known_extensions = false; SET allow_community_extensions = false;
	SET temp_directory = ''; SET schema = 'shown'; SET enable_external_access = false; SET lock_configuration = true`

func connect(source string) (*duckdb.Conn, error) {
	connector, err := duckdb.NewConnector(source, nil)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	conn, err := connector.Connect(context.Background())
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	return conn.(*duckdb.Conn), nil
}

func run(conn *duckdb.Conn, statements string) error {
	_, err := conn.ExecContext(context.Background(), statements, nil)
	return err
}

// answer runs the statement of an order, and counts the rows it wrote.
func answer(o order, w io.Writer, rows *int) error {
	settings := url.Values{"access_mode": {"READ_ONLY"}, "threads": {"2"}, "memory_limit": {fmt.Sprintf("%dB", o.Memory/2)}}
	conn, err := connect(o.File + "?" + settings.Encode())
	if err != nil {
		return err
	}
	if err := run(conn, locked); err != nil {
		return fmt.Errorf("locking the database: %w", err)
	}
	if word := firstWord(o.Statement); changing[word] {
		return fmt.Errorf("%w: %s", ErrRefused, onlySelect)
	}
	prepared, err := conn.Prepare(o.Statement) // refuses several, before any is run
	if err != nil && strings.Contains(err.Error(), "multi-statement") {
		return fmt.Errorf("%w: one SELECT at a time is answered, and these are several: give them one by one", ErrRefused)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	statement := prepared.(*duckdb.Stmt)
	if kind, err := statement.StatementType(); err != nil || kind != duckdb.STATEMENT_TYPE_SELECT {
		return fmt.Errorf("%w: %s", ErrRefused, onlySelect)
	}
	if statement.NumInput() > 0 {
		return fmt.Errorf("%w: it has parameters ($1 or ?), and there are no values for them", ErrRefused)
	}
	found, err := statement.QueryContext(context.Background(), nil)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return write(found, w, rows)
}

// write writes columns and rows.
func write(found driver.Rows, w io.Writer, rows *int) error {
	names := found.Columns()
	columns := make([]Column, len(names))
	types := found.(driver.RowsColumnTypeDatabaseTypeName)
	for i, name := range names {
		columns[i] = Column{name, types.ColumnTypeDatabaseTypeName(i)}
	}
	encode := json.NewEncoder(w)
	encode.SetEscapeHTML(false)
	if err := encode.Encode(columns); err != nil {
		return err
	}
	values := make([]driver.Value, len(names))
	row := make([]any, len(names))
	for {
		err := found.Next(values)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrRefused, err)
		}
		for i, v := range values {
			row[i] = plain(v)
		}
		if err := encode.Encode(row); err != nil {
			return err
		}
		*rows++
	}
}

// onlySelect says what is allowed, why, and what changes things instead.
const onlySelect = "only one SELECT is answered (WITH … SELECT too), over a copy of what is stored, so nothing can be changed here: " +
	"sightline tag and sightline mark note something of images, sightline rm removes datasets, models, evaluations and tags"

// changing are statements that change something: they are told so, whatever names stand in them.
var changing = map[string]bool{"INSERT": true, "UPDATE": true, "DELETE": true, "TRUNCATE": true, "CREATE": true, "DROP": true, "ALTER": true, "MERGE": true}

// firstWord is the word that a statement begins with, in capitals.
func firstWord(statement string) string {
	word := strings.FieldsFunc(statement, func(r rune) bool { return !unicode.IsLetter(r) })
	if len(word) == 0 {
		return ""
	}
	return strings.ToUpper(word[0])
}
