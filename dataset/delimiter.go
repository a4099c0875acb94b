package dataset

import (
	"bytes"
	"path"
	"strings"
)

// delimiter is what divides a table's fields, and how many bytes to skip: a first
// line "sep=;", as spreadsheets write it, names it. It is 0 where a path with an
// image's ending and a label are divided by spaces, as in lists of ImageNet.
func delimiter(data []byte) (comma rune, skip int) {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	if named, ok := strings.CutPrefix(strings.TrimRight(string(line), "\r"), "sep="); ok && len(named) == 1 {
		return rune(named[0]), min(len(data), len(line)+1)
	}
	if spaced(data) {
		return 0, 0
	}
	return sniffDelimiter(data), 0
}

// spaced reports whether every line is an image's path, spaces and something, and
// no line has another delimiter behind the path.
func spaced(data []byte) bool {
	seen := false
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		_, label, ok := cutSpaced(line)
		if !ok || strings.ContainsAny(label, ",;\t") {
			return false
		}
		seen = true
	}
	return seen
}

// cutSpaced divides "a b.jpg 12" behind the ending of the image.
func cutSpaced(line string) (file, label string, ok bool) {
	for at := 0; ; {
		n := strings.IndexAny(line[at:], " \t")
		if n < 0 {
			return "", "", false
		}
		at += n
		if isImageName(line[:at]) && path.Ext(line[:at]) != line[:at] {
			return line[:at], strings.TrimSpace(line[at:]), true
		}
		at++
	}
}

// spacedRows reads such a list.
func spacedRows(data []byte) (rows [][]string, lines []int) {
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		file, label, _ := cutSpaced(line)
		rows, lines = append(rows, []string{file, label}), append(lines, number)
	}
	return rows, lines
}
