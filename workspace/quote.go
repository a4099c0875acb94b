package workspace

import (
	"strings"
)

// Quote is a text as an SQL literal, for the few places that take no parameter:
// names of files in COPY, arguments of table functions.
func Quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
