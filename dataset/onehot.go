package dataset

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// labelColumn finds the labels of a table with a header that names no column of
// labels: the only other column, or one column per class (one-hot), which it
// turns into a column of the classes' names. Anything else is an error, because a
// table of labels without labels is none.
func labelColumn(c tableColumns, names []string, rows [][]string) (tableColumns, [][]string, error) {
	var others []int
	for i, name := range names {
		if i != c.path && i != c.split && name != "" {
			others = append(others, i)
		}
	}
	switch {
	case len(others) == 0: // paths only
		return c, rows, nil
	case len(others) == 1:
		c.label = others[0]
		return c, rows, nil
	}
	hot := slices.DeleteFunc(slices.Clone(others), func(i int) bool { return !isIndicator(rows, i) })
	if len(hot) < 2 {
		return c, nil, fmt.Errorf("%w: no column of its header %q is named label, class or category; rename the one with the labels to \"label\"", ErrTable, strings.Join(names, ", "))
	}
	c.label = len(names)
	out := make([][]string, len(rows))
	for n, row := range rows {
		label, count := "", 0
		for _, i := range hot {
			if v, _ := strconv.ParseFloat(c.of(row, i), 64); v == 1 {
				label, count = names[i], count+1
			}
		}
		if count > 1 {
			return c, nil, fmt.Errorf("%w: its row %d has %d of the columns %s set to 1; one label per image is measured: keep one", ErrTable, n+1, count, strings.Join(named(names, hot), ", "))
		}
		full := make([]string, len(names)+1)
		copy(full, row)
		full[len(names)] = label
		out[n] = full
	}
	return c, out, nil
}

func named(names []string, columns []int) []string {
	out := make([]string, len(columns))
	for k, i := range columns {
		out[k] = names[i]
	}
	return out
}

// isIndicator reports whether a column holds only zeros and ones.
func isIndicator(rows [][]string, column int) bool {
	for _, row := range rows {
		if column >= len(row) {
			continue
		}
		if v, err := strconv.ParseFloat(row[column], 64); row[column] != "" && (err != nil || v != 0 && v != 1) {
			return false
		}
	}
	return len(rows) > 0
}
