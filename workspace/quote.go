package workspace

import (
	"strconv"
	"strings"
)

// Quote is a text as an SQL literal, for the few places that take no parameter:
// names of files in COPY, arguments of table functions.
func Quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// QuoteName is the name of a table or column as it stands in SQL.
func QuoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// mostLiterals is how many numbers In writes out.
const mostLiterals = 1000

// In is an SQL condition, with its arguments, that a column of numbers is one of a
// list. A short list is written out, which DuckDB compares with the bounds it keeps of
// every stretch of a table, so that it reads few of them; a long one is a parameter.
func In(column string, list []int64) (condition string, args []any) {
	if len(list) == 0 {
		return "false", nil
	}
	if len(list) > mostLiterals {
		return column + " IN (SELECT unnest(?::BIGINT[]))", []any{list}
	}
	text := make([]string, len(list))
	for i, v := range list {
		text[i] = strconv.FormatInt(v, 10)
	}
	return column + " IN (" + strings.Join(text, ", ") + ")", nil
}
