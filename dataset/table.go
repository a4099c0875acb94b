package dataset

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sightline/sightline/internal/files"
)

// Entry is one row of a table of labels.
type Entry struct {
	Path     string
	Label    string
	Labelled bool
	Split    string
	Line     int // of the file, from 1
}

// names of columns, in order of preference: a class's name before its number.
var (
	pathNames  = []string{"path", "file", "filename", "filepath", "image", "imagepath", "imagefile", "imagename", "imagefilename", "img", "imgpath", "name", "id", "imageid", "idcode"}
	labelNames = []string{"label", "labelname", "class", "classname", "category", "categoryname", "species", "target", "y", "labelid", "classid", "classindex", "labelindex", "categoryid", "dx", "diagnosis", "breed", "labels", "classes"}
	splitNamed = []string{"split", "set", "subset", "partition", "usage", "fold", "dataset", "datasplit"}
)

// ErrTable is wrapped by every complaint about a table of labels.
var ErrTable = errors.New("not a table of path, label and optionally split")

// ReadTable reads a CSV or TSV file of labels. The delimiter is a comma, a tab
// or a semicolon, whichever divides the first lines alike. With a header the
// columns are found by name (path, file, filename, …; label, class, ClassId, …;
// split, set, …); without one they are path, label and, if all its values are
// names of splits, split. Further columns are ignored. Quotes and a byte order
// mark are understood.
func ReadTable(data []byte) ([]Entry, error) {
	rows, lines, err := readRows(data)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%w: it is empty", ErrTable)
	}
	c, header, err := findColumns(rows)
	if err != nil {
		return nil, err
	}
	names := rows[0]
	if header {
		rows, lines = rows[1:], lines[1:]
	}
	if header && c.label < 0 && c.path >= 0 {
		if c, rows, err = labelColumn(c, names, rows); err != nil {
			return nil, err
		}
	}
	entries := make([]Entry, 0, len(rows))
	for i, row := range rows {
		e := Entry{Path: cleanPath(c.of(row, c.path)), Label: c.of(row, c.label), Line: lines[i]}
		if e.Path == "" {
			continue
		}
		e.Labelled = e.Label != ""
		if c.split >= 0 {
			e.Split = c.of(row, c.split)
			if s, ok := splitName(e.Split); ok {
				e.Split = s
			}
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// readRows splits the file into trimmed fields, with the line of each row.
func readRows(data []byte) (rows [][]string, lines []int, err error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, nil, fmt.Errorf("%w: it holds zero bytes; save it as UTF-8 text", ErrTable)
	}
	if !utf8.Valid(data) {
		return nil, nil, fmt.Errorf("%w: it is not UTF-8 text; save it as UTF-8, in a spreadsheet as \"CSV UTF-8\"", ErrTable)
	}
	comma, skip := delimiter(data)
	if comma == 0 {
		rows, lines = spacedRows(data)
		return rows, lines, nil
	}
	r := csv.NewReader(bytes.NewReader(data[skip:]))
	defer func() {
		if skip > 0 { // the line that named the delimiter counts
			for i := range lines {
				lines[i]++
			}
		}
	}()
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = comma, -1, true, true
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, lines, nil
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %v", ErrTable, err)
		}
		line, _ := r.FieldPos(0)
		for i := range row {
			if strings.Contains(row[i], "\n") {
				return nil, nil, fmt.Errorf("%w: line %d opens a quote that does not end there", ErrTable, line)
			}
			row[i] = strings.TrimSpace(row[i])
		}
		rows, lines = append(rows, row), append(lines, line)
	}
}

// sniffDelimiter takes the candidate that occurs in most of the first lines,
// most evenly: a semicolon table with a comma here and there stays one.
func sniffDelimiter(data []byte) rune {
	counts := map[rune][]int{}
	candidates := []rune{'\t', ';', ','}
	s := bufio.NewScanner(bytes.NewReader(data))
	s.Buffer(nil, 1<<20)
	for n := 0; n < 50 && s.Scan(); n++ {
		if line := s.Text(); strings.TrimSpace(line) != "" {
			for _, c := range candidates {
				counts[c] = append(counts[c], strings.Count(unquoted(line), string(c)))
			}
		}
	}
	best, bestScore := ',', 0.0
	for _, c := range candidates {
		if score := evenness(counts[c]); score > bestScore {
			best, bestScore = c, score
		}
	}
	return best
}

// unquoted leaves out what stands between double quotes.
func unquoted(line string) string {
	var out strings.Builder
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 0 {
			out.WriteString(part)
		}
	}
	return out.String()
}

// evenness is the share of lines with the most common non-zero count.
func evenness(counts []int) float64 {
	tally := map[int]int{}
	most := 0
	for _, n := range counts {
		if n > 0 {
			tally[n]++
			most = max(most, tally[n])
		}
	}
	return float64(most) / float64(max(1, len(counts)))
}

// tableColumns are the positions of the columns, -1 where there is none.
type tableColumns struct{ path, label, split int }

func (tableColumns) of(row []string, column int) string {
	if column < 0 || column >= len(row) {
		return ""
	}
	return row[column]
}

// findColumns reads the header, or tells the columns without one.
func findColumns(rows [][]string) (c tableColumns, header bool, err error) {
	names := make([]string, len(rows[0]))
	for i, name := range rows[0] {
		names[i] = plainName(name)
	}
	c = tableColumns{firstOf(names, pathNames), firstOf(names, labelNames), firstOf(names, splitNamed)}
	first := slices.ContainsFunc(rows[0], isImageName)
	switch {
	case !first && c.path >= 0:
		return c, true, nil
	case first:
		return plainColumns(rows), false, nil
	case len(rows) > 1 && slices.ContainsFunc(rows[1], isImageName):
		return c, false, fmt.Errorf("%w: no column of its header %q is named path, file, filename or image; rename the one with the paths to \"path\" and the one with the labels to \"label\"", ErrTable, strings.Join(rows[0], ", "))
	}
	return plainColumns(rows), false, nil
}

// plainName is a header's name in lower case letters, without numbering like "(str)".
func plainName(name string) string {
	name, _, _ = strings.Cut(name, "(")
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return -1
	}, name)
}

func firstOf(names, wanted []string) int {
	for _, w := range wanted {
		if i := slices.Index(names, w); i >= 0 {
			return i
		}
	}
	return -1
}

// plainColumns are path, label and perhaps split, by position.
func plainColumns(rows [][]string) tableColumns {
	c := tableColumns{0, 1, -1}
	for _, row := range rows {
		if len(row) < 3 {
			return c
		}
		if _, ok := splitName(row[2]); !ok {
			return c
		}
	}
	c.split = 2
	return c
}

// cleanPath makes slashes of backslashes and drops a leading "./".
func cleanPath(p string) string {
	p = strings.ReplaceAll(p, `\`, "/")
	for strings.HasPrefix(p, "./") {
		p = p[2:]
	}
	return p
}

// ReadList reads a text file of one path a line; empty lines and lines that
// begin with # are left out.
func ReadList(data []byte) []Entry {
	var entries []Entry
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			entries = append(entries, Entry{Path: cleanPath(line), Line: i + 1})
		}
	}
	return entries
}

func (r *Result) fromTable(t *tree) error {
	data, err := r.disk.content(r.Source.Labels)
	if err != nil {
		return fmt.Errorf("reading the table of labels: %w", err)
	}
	entries, err := ReadTable(data)
	if err != nil {
		return fmt.Errorf("%s: %w", r.Source.Labels, err)
	}
	if !slices.ContainsFunc(entries, func(e Entry) bool { return e.Labelled }) {
		r.remark(Warning, "", "%s gives none of its %d rows a label: nothing can be measured", files.Base(r.Source.Labels), len(entries))
	}
	return r.fromEntries(t, entries, r.Source.Labels)
}

func (r *Result) fromList(t *tree) error {
	data, err := r.disk.content(r.Source.List)
	if err != nil {
		return fmt.Errorf("reading the list of images: %w", err)
	}
	if !utf8.Valid(data) {
		return fmt.Errorf("%s is not UTF-8 text: save it as UTF-8", r.Source.List)
	}
	return r.fromEntries(t, ReadList(data), r.Source.List)
}
