package layout

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// document has the table, under its heading.
const (
	document = "docs/architecture.md"
	heading  = "## Imports"
)

// row is a line of the table: what a folder, or one file of it, may import of ours.
type row struct {
	place string   // "server/api", or "cmd/sightline/map.go"
	may   []string // folders
}

var quoted = regexp.MustCompile("`([^`]+)`")

// readTable reads the table in the document. A line looks like
//
//	| `server/api` | `slice` |
func readTable(t *testing.T) []row {
	t.Helper()
	content, err := os.ReadFile("../../" + document)
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(content), "\n"+heading+"\n")
	if !found {
		t.Fatalf("%s has no section %q", document, heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var table []row
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 4 || !strings.Contains(cells[1], "`") {
			continue
		}
		table = append(table, row{place: names(cells[1])[0], may: names(cells[2])})
	}
	return table
}

func names(cell string) (list []string) {
	for _, match := range quoted.FindAllStringSubmatch(cell, -1) {
		list = append(list, match[1])
	}
	return list
}

// find returns the line that holds for a file: its own, or its folder's.
func find(table []row, folder, file string) (int, bool) {
	for _, place := range []string{folder + "/" + file, folder} {
		if i := slices.IndexFunc(table, func(r row) bool { return r.place == place }); i >= 0 {
			return i, true
		}
	}
	return 0, false
}

// faults compares the table with the imports there are.
func faults(table []row, files []file) (list []string) {
	used := make([]map[string]bool, len(table))
	imported := map[string]bool{}
	for _, f := range files {
		i, ok := find(table, f.folder, f.name)
		if ok && used[i] == nil {
			used[i] = map[string]bool{}
		}
		for _, folder := range f.imports {
			if !ok {
				continue
			}
			imported[folder] = true
			if !slices.Contains(table[i].may, folder) {
				list = append(list, fmt.Sprintf("%s/%s imports %s, which the table %q in %s does not allow: turn the dependency round or, if it is meant, add `%s` to the line of `%s`",
					f.folder, f.name, folder, heading, document, folder, table[i].place))
			}
			used[i][folder] = true
		}
	}
	for i, r := range table {
		list = append(list, r.needless(used[i])...)
		list = append(list, r.upward(table[i+1:])...)
	}
	return append(list, unlisted(table, files, imported)...)
}

// needless tells what a line allows that nothing needs.
func (r row) needless(used map[string]bool) (list []string) {
	if used == nil {
		return []string{fmt.Sprintf("%s has a line for `%s`, and no such Go files are there: take it out", document, r.place)}
	}
	for _, folder := range r.may {
		if !used[folder] {
			list = append(list, fmt.Sprintf("%s allows `%s` to import `%s`, which it does not: take it out", document, r.place, folder))
		}
	}
	return list
}

// upward tells which of the folders that a line allows do not stand below it.
func (r row) upward(below []row) (list []string) {
	for _, folder := range r.may {
		if !slices.ContainsFunc(below, func(b row) bool { return b.place == folder }) {
			list = append(list, fmt.Sprintf("%s: `%s` may import `%s`, which has no line below it: imports point down the table", document, r.place, folder))
		}
	}
	return list
}

// unlisted tells which folders lack a line. What only developers run needs none, until
// the product imports it.
func unlisted(table []row, files []file, imported map[string]bool) (list []string) {
	told := map[string]bool{}
	for _, f := range files {
		_, ok := find(table, f.folder, f.name)
		if !ok && !told[f.folder] && (imported[f.folder] || !developers(f.folder)) {
			told[f.folder] = true
			list = append(list, fmt.Sprintf("%s has no line in the table %q of %s: add one, above what it imports and below what imports it", f.folder, heading, document))
		}
	}
	return list
}

// developers reports whether a folder is for those who work on the product, or for its
// tests.
func developers(folder string) bool {
	top, _, _ := strings.Cut(folder, "/")
	return top == "bench" || top == "scripts" || strings.HasSuffix(folder, "test") || strings.Contains("/"+folder+"/", "/internal/")
}
