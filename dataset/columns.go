package dataset

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sightline/sightline/internal/files"
)

// MostColumns is how many columns of a dataset are kept, the first ones.
const MostColumns = 200

// Kinds of column.
const (
	Bool      = "bool"   // true, false
	Int       = "int"    // of 64 bits
	Double    = "double" // finite
	Date      = "date"   // a date, or a date and a time, as TimeLayout; without a zone, or in UTC
	PlainText = "text"
)

// ColumnKinds lists the kinds, the narrowest first.
var ColumnKinds = []string{Bool, Int, Double, Date, PlainText}

// TimeLayout is how values of kind Date are written.
const TimeLayout = "2006-01-02 15:04:05.999999"

// Column is a column that came with a dataset: the values of its samples, those that are not empty.
type Column struct {
	Name   string
	Kind   string
	Source string            // base name of its file
	Values map[string]string // by the sample's Path, written as the kind has them
}

// ErrColumns is wrapped by every complaint about a file of columns.
var ErrColumns = errors.New("not a table with a column of paths")

// record is one row of a file of columns.
type record struct {
	path string
	line int
	cell map[string]string // without empty ones
}

// addColumns reads the columns that come with the source: those of its files of columns, and the
// further ones of its table of labels.
func (r *Result) addColumns(t *tree) error {
	if r.Source.Labels != "" {
		if err := r.columnsOf(t, r.Source.Labels, true); err != nil {
			return err
		}
	}
	for _, file := range r.Source.Columns {
		if err := r.columnsOf(t, file, false); err != nil {
			return err
		}
	}
	if left := len(r.Columns) - MostColumns; left > 0 {
		r.remark(Warning, "", "columns left out: %d, since a dataset keeps %d; the first is %s", left, MostColumns, r.Columns[MostColumns].Name)
		r.Columns = r.Columns[:MostColumns]
	}
	for name := range r.Source.Types {
		if !slices.ContainsFunc(r.Columns, func(c Column) bool { return c.Name == name }) {
			return fmt.Errorf("no column is called %s, whose type is given: there are %s", name, columnNames(r.Columns))
		}
	}
	for i := range r.Columns {
		if err := r.Columns[i].settle(r.Source.Types[r.Columns[i].Name]); err != nil {
			return err
		}
	}
	return nil
}

func columnNames(list []Column) string {
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// columnsOf adds the columns of one file; one that has the name of another file's is called
// FILE.NAME.
func (r *Result) columnsOf(t *tree, file string, labels bool) error {
	data, err := r.disk.content(file)
	if err != nil {
		return fmt.Errorf("reading columns: %w", err)
	}
	names, rows, err := readColumns(data, strings.ToLower(filepath.Ext(files.Base(file))), labels)
	if err == nil && len(rows) == 0 && !labels {
		err = fmt.Errorf("%w: it has no rows", ErrColumns)
	}
	if err == nil {
		err = checkColumns(names, rows)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	base := files.Base(file)
	called := map[string]int{}
	for _, name := range names {
		free := name
		if slices.ContainsFunc(r.Columns, func(c Column) bool { return c.Name == name }) {
			free = strings.TrimSuffix(base, filepath.Ext(base)) + "." + name
		}
		called[name] = len(r.Columns)
		r.Columns = append(r.Columns, Column{Name: free, Source: base, Values: map[string]string{}})
	}
	return r.fillColumns(newFinder(r.disk, r.Source.Root, filepath.Dir(file), t), rows, called, base, labels)
}

// What a column may be called, in characters, and what a cell may hold, in bytes: pages list both.
const (
	longestName = 200
	longestCell = 64 << 10
)

// checkColumns refuses names and cells that nothing could show or ask for.
func checkColumns(names []string, rows []record) error {
	for i, name := range names {
		if n := utf8.RuneCountInString(name); n > longestName {
			return fmt.Errorf("%w: the name of column %d has %d characters, at most %d may be", ErrColumns, i+1, n, longestName)
		}
		if strings.ContainsFunc(name, unicode.IsControl) {
			return fmt.Errorf("%w: the name of a column, %q, holds a control character", ErrColumns, name)
		}
	}
	for _, row := range rows {
		for name, value := range row.cell {
			if n := len(value); n > longestCell {
				return fmt.Errorf("%w: line %d has %d bytes in the column %s, at most %d may be: leave the column out", ErrColumns, row.line, n, name, longestCell)
			}
			if strings.Contains(value, "\x00") {
				return fmt.Errorf("%w: line %d has a zero byte in the column %s", ErrColumns, row.line, name)
			}
		}
	}
	return nil
}

// fillColumns gives the samples their values. Of a table of labels the first row of an image
// counts: it may have a row for each box.
func (r *Result) fillColumns(f *finder, rows []record, called map[string]int, base string, labels bool) error {
	seen := map[string]record{}
	lost, first := 0, ""
	for _, row := range rows {
		found, _ := f.find(row.path)
		if f.err != nil {
			return f.err
		}
		if found == "" {
			if lost++; lost == 1 {
				first = row.path
			}
			continue
		}
		if before, twice := seen[found]; twice {
			if !labels && !maps.Equal(before.cell, row.cell) {
				return fmt.Errorf("%s: lines %d and %d say different things of %s; keep one", base, before.line, row.line, found)
			}
			continue
		}
		seen[found] = row
		for name, value := range row.cell {
			r.Columns[called[name]].Values[found] = value
		}
	}
	if lost > 0 && !labels {
		r.remark(Warning, "", "rows of %s that name no image: %d; the first is %s", base, lost, first)
	}
	return nil
}

// readColumns reads CSV, TSV or JSON lines. With labels it leaves out the columns of labels and splits,
// and a table without header, or with a column for each class, has no others.
func readColumns(data []byte, ending string, labels bool) (names []string, rows []record, err error) {
	if ending == ".jsonl" || ending == ".ndjson" || ending == ".json" {
		return readLines(data)
	}
	table, lines, err := readRows(data)
	if err != nil {
		return nil, nil, err
	}
	if len(table) < 2 {
		return nil, nil, nil
	}
	c, header, err := findColumns(table)
	if labels && (err != nil || !header || c.label < 0) {
		return nil, nil, nil // what is wrong with it was said by then
	}
	if err != nil || !header {
		return nil, nil, fmt.Errorf("%w: its first line must name the columns, and one of them path, file, filename or image", ErrColumns)
	}
	at := map[string]int{}
	for i, name := range table[0] {
		if _, twice := at[name]; twice {
			return nil, nil, fmt.Errorf("%w: two of its columns are called %q", ErrColumns, name)
		}
		if i != c.path && name != "" && !(labels && (i == c.label || i == c.split)) {
			at[name], names = i, append(names, name)
		}
	}
	for i, cells := range table[1:] {
		row := record{path: cleanPath(c.of(cells, c.path)), line: lines[i+1], cell: map[string]string{}}
		for name, column := range at {
			if value := c.of(cells, column); value != "" {
				row.cell[name] = value
			}
		}
		rows = append(rows, row)
	}
	return names, rows, nil
}

// readLines reads JSON lines: an object each, whose values are text, numbers, true, false or null.
func readLines(data []byte) (names []string, rows []record, err error) {
	s := bufio.NewScanner(bytes.NewReader(data))
	s.Buffer(nil, 16<<20)
	for line := 1; s.Scan(); line++ {
		if len(bytes.TrimSpace(s.Bytes())) == 0 {
			continue
		}
		row, order, err := readLine(s.Bytes())
		if err != nil {
			return nil, nil, fmt.Errorf("%w: line %d: %v", ErrColumns, line, err)
		}
		row.line = line
		for _, name := range order {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		rows = append(rows, row)
	}
	if err := s.Err(); err != nil {
		return nil, nil, fmt.Errorf("%w: %v", ErrColumns, err)
	}
	return names, rows, nil
}

// readLine reads one object, and the names of its members in their order but for the path.
func readLine(line []byte) (row record, order []string, err error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if opening, err := d.Token(); err != nil || opening != json.Delim('{') {
		return row, nil, errors.New("it is no object, such as {\"path\": \"1.jpg\", \"weather\": \"rain\"}")
	}
	row.cell = map[string]string{}
	var plain []string
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return row, nil, err
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return row, nil, err
		}
		order, plain = append(order, name.(string)), append(plain, plainName(name.(string)))
		if text := cellText(value); text != "" {
			row.cell[name.(string)] = text
		}
	}
	if _, err := d.Token(); err != nil {
		return row, nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return row, nil, errors.New("something follows the object")
	}
	at := firstOf(plain, pathNames)
	if at < 0 || row.cell[order[at]] == "" {
		return row, nil, errors.New("no member is called path, file, filename or image")
	}
	row.path = cleanPath(row.cell[order[at]])
	delete(row.cell, order[at])
	return row, slices.Delete(order, at, at+1), nil
}

// cellText is a value as CSV would have it; what is nested is JSON.
func cellText(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(v)
	case json.Number, bool:
		return fmt.Sprint(v)
	}
	text, _ := json.Marshal(value) // it came from JSON
	return string(text)
}

// settle finds the kind of a column by reading all of its values, or takes the one that is asked
// for, and writes the values as the kind has them.
func (c *Column) settle(asked string) error {
	kinds := ColumnKinds
	if asked != "" {
		if !slices.Contains(ColumnKinds, asked) {
			return fmt.Errorf("the type of the column %s is %q: there are %s", c.Name, asked, strings.Join(ColumnKinds, ", "))
		}
		kinds = []string{asked}
	}
	for _, kind := range kinds {
		written, bad := c.as(kind)
		if bad == "" && (len(written) > 0 || kind == PlainText || asked != "") {
			c.Kind, c.Values = kind, written
			return nil
		}
		if asked != "" {
			return fmt.Errorf("the column %s has %q for %s, which is no %s: leave its type out, or make it text", c.Name, c.Values[bad], bad, asked)
		}
	}
	return nil
}

// as writes all values as a kind has them, or gives the first path whose value is none.
func (c *Column) as(kind string) (written map[string]string, bad string) {
	written = make(map[string]string, len(c.Values))
	for _, path := range slices.Sorted(maps.Keys(c.Values)) {
		text, ok := ColumnValue(kind, c.Values[path])
		if !ok {
			return nil, path
		}
		written[path] = text
	}
	return written, ""
}

// digits is how a number is written that is no code: 7, not 007.
var digits = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*)(\.[0-9]*)?([eE][-+]?[0-9]+)?$|^[-+]?\.[0-9]+([eE][-+]?[0-9]+)?$`)

// times are the ways in which dates are written.
var times = []string{"2006-01-02", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05", time.RFC3339, "2006-01-02 15:04:05Z07:00"}

// ColumnValue writes a value as columns of a kind have it; ok is false where it is none.
func ColumnValue(kind, text string) (written string, ok bool) {
	switch kind {
	case Bool:
		written = strings.ToLower(text)
		return written, written == "true" || written == "false"
	case Int:
		n, err := strconv.ParseInt(text, 10, 64)
		return strconv.FormatInt(n, 10), err == nil && digits.MatchString(text)
	case Double:
		v, err := strconv.ParseFloat(text, 64)
		return strconv.FormatFloat(v, 'g', -1, 64), err == nil && digits.MatchString(text)
	case Date:
		for _, layout := range times {
			if at, err := time.Parse(layout, text); err == nil {
				return at.UTC().Format(TimeLayout), true
			}
		}
		return "", false
	}
	return text, true
}
