package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// table is text in columns. A column is set flush right if its heading starts
// with a tab.
type table struct {
	heads []string
	rows  [][]string
}

func newTable(heads ...string) *table { return &table{heads: heads} }

// row adds a row; each value is formatted as fmt.Sprint does.
func (t *table) row(values ...any) {
	cells := make([]string, len(values))
	for i, v := range values {
		cells[i] = fmt.Sprint(v)
	}
	t.rows = append(t.rows, cells)
}

// write prints heading and rows.
func (t *table) write(w io.Writer) { t.print(w, true) }

// writeRows prints the rows alone.
func (t *table) writeRows(w io.Writer) { t.print(w, false) }

func (t *table) print(w io.Writer, heading bool) {
	right := make([]bool, len(t.heads))
	heads := make([]string, len(t.heads))
	widths := make([]int, len(t.heads))
	for i, h := range t.heads {
		heads[i], right[i] = strings.CutPrefix(h, "\t")
		widths[i] = utf8.RuneCountInString(heads[i])
		for _, r := range t.rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(r[i]))
		}
	}
	rows := t.rows
	if heading {
		rows = append([][]string{heads}, rows...)
	}
	for _, cells := range rows {
		fmt.Fprintln(w, strings.TrimRight(joinCells(cells, widths, right), " "))
	}
}

func joinCells(cells []string, widths []int, right []bool) string {
	padded := make([]string, len(cells))
	for i, c := range cells {
		space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
		if right[i] {
			padded[i] = space + c
		} else {
			padded[i] = c + space
		}
	}
	return strings.Join(padded, "  ")
}

// brief shortens a name to what a column holds: class names of ImageNet list
// every synonym.
func brief(name string) string {
	const most = 36
	if utf8.RuneCountInString(name) <= most {
		return name
	}
	return string([]rune(name)[:most-1]) + "…"
}

// plural writes a count with its noun: 1 sample, 2 samples.
func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// percent writes a fraction as a percentage with one decimal.
func percent(fraction float64) string { return fmt.Sprintf("%.1f %%", 100*fraction) }

// wrap breaks text into lines of at most width characters.
func wrap(text string, width int) string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return strings.Join(append(lines, line), "\n")
}
