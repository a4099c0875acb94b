package layout

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table anew from the imports there are; read the difference")

// rewrite puts the table that the files need in place of the one in the document: lines
// keep their order as far as imports still point down.
func rewrite(t *testing.T, old []row, files []file) {
	t.Helper()
	content, err := os.ReadFile("../../" + document)
	if err != nil {
		t.Fatal(err)
	}
	before, section, _ := strings.Cut(string(content), "\n"+heading+"\n")
	intro, rest, _ := strings.Cut(section, "| --- | --- |\n")
	_, after, _ := strings.Cut(rest, "\n\n")
	var b strings.Builder
	for _, r := range sorted(old, needed(old, files)) {
		may := "nothing of ours"
		if len(r.may) > 0 {
			may = "`" + strings.Join(r.may, "` `") + "`"
		}
		b.WriteString("| `" + r.place + "` | " + may + " |\n")
	}
	whole := before + "\n" + heading + "\n" + intro + "| --- | --- |\n" + b.String() + "\n" + after
	if err := os.WriteFile("../../"+document, []byte(whole), 0o644); err != nil {
		t.Fatal(err)
	}
}

// needed is the least table: the files of the old one keep lines of their own.
func needed(old []row, files []file) (table []row) {
	imported := map[string]bool{}
	for _, f := range files {
		if _, ok := find(old, f.folder, f.name); ok || !developers(f.folder) {
			for _, folder := range f.imports {
				imported[folder] = true
			}
		}
	}
	for _, f := range files {
		if developers(f.folder) && !imported[f.folder] {
			continue
		}
		place := f.folder
		if i, ok := find(old, f.folder, f.name); ok {
			place = old[i].place
		}
		i := slices.IndexFunc(table, func(r row) bool { return r.place == place })
		if i < 0 {
			i, table = len(table), append(table, row{place: place})
		}
		table[i].may = append(table[i].may, f.imports...)
	}
	for i, r := range table {
		slices.Sort(r.may)
		table[i].may = slices.Compact(r.may)
	}
	return table
}

// sorted puts every line above those of the folders it imports, else in the old order,
// new folders last.
func sorted(old, table []row) (list []row) {
	position := func(r row) int {
		if i := slices.IndexFunc(old, func(o row) bool { return o.place == r.place }); i >= 0 {
			return i
		}
		return len(old)
	}
	slices.SortStableFunc(table, func(a, b row) int { return position(a) - position(b) })
	for len(table) > 0 {
		free := slices.IndexFunc(table, func(r row) bool {
			return !slices.ContainsFunc(table, func(other row) bool { return other.place != r.place && slices.Contains(other.may, r.place) })
		})
		free = max(free, 0) // a circle: the test tells
		list, table = append(list, table[free]), slices.Delete(table, free, free+1)
	}
	return list
}
