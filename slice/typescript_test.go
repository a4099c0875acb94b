package slice_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sightline/sightline/slice"
)

var update = flag.Bool("update", false, "write the browser's table of criteria")

const browserTable = "../ui/src/state/slice/criteria.ts"

// TestTypeScript keeps the browser's table that of this package.
func TestTypeScript(t *testing.T) {
	want := typeScript(slice.Samples)
	if *update {
		if err := os.WriteFile(browserTable, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(browserTable)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not that of slice/fields.go (%v): run go test ./slice -run TypeScript -update", browserTable, err)
	}
}

// tsTypes are what the browser holds of a criterion, and what it holds when that
// restricts nothing.
var tsTypes = map[slice.Kind][2]string{
	slice.Classes: {"Choice | null", "null"},
	slice.Words:   {"Choice | null", "null"},
	slice.Text:    {"Choice | null", "null"},
	slice.Flag:    {"boolean | null", "null"},
	slice.Range:   {"Bounds | null", "null"},
	slice.Whole:   {"Bounds | null", "null"},
	slice.Level:   {"number", "0"},
}

// typeScript writes a language for the browser.
func typeScript(l slice.Language) []byte {
	var b bytes.Buffer
	b.WriteString("// Written by `go test ./slice -run TypeScript -update` from slice/fields.go; do not edit.\n" +
		"import type { Bounds, Choice, Criterion } from './language';\n\n/** Which samples: null, {} and 0 do not restrict. */\nexport interface Slice {\n")
	for _, f := range l {
		fmt.Fprintf(&b, "  /** %s. */\n  %s: %s;\n", f.Doc, f.Name, tsType(f))
	}
	b.WriteString("}\n\nexport const emptySlice: Readonly<Slice> = {\n")
	for _, f := range l {
		empty := tsTypes[f.Kind][1]
		if len(f.Of) > 0 {
			empty = "{}"
		}
		fmt.Fprintf(&b, "  %s: %s,\n", f.Name, empty)
	}
	b.WriteString("};\n\nexport const criteria: readonly Criterion[] = [\n")
	for _, f := range l {
		b.WriteString("  {\n")
		for _, a := range attributes(f) {
			fmt.Fprintf(&b, "    %s: %s,\n", a[0], a[1])
		}
		b.WriteString("  },\n")
	}
	b.WriteString("];\n")
	return b.Bytes()
}

// tsType is the type of a criterion; one with arguments has one of its kind for
// each, by how they are written.
func tsType(f *slice.Field) string {
	name := tsTypes[f.Kind][0]
	if len(f.Of) > 0 {
		return "Record<string, " + strings.TrimSuffix(name, " | null") + ">"
	}
	return name
}

// attributes are the entries of a criterion that are not empty.
func attributes(f *slice.Field) (list [][2]string) {
	var kinds []string
	for _, arg := range f.Of {
		kinds = append(kinds, string(arg.Kind))
	}
	for _, a := range [][2]string{
		{"name", quote(f.Name)}, {"kind", quote(string(f.Kind))}, {"pattern", quote(f.Pattern())},
		{"of", quoteList(kinds)}, {"omit", strings.TrimPrefix(fmt.Sprint(f.Omit), "0")},
		{"none", map[bool]string{true: "true"}[f.None]}, {"among", quoteList(f.Among)}, {"changes", map[bool]string{true: "true"}[f.Changes]},
		{"say", quote(f.Say)}, {"sayNot", quote(f.SayNot)}, {"yes", quote(f.Yes)}, {"no", quote(f.No)},
		{"oldLow", quote(f.OldLow)}, {"oldHigh", quote(f.OldHigh)}, {"oldOf", quote(f.OldOf)},
	} {
		if a[1] != "" {
			list = append(list, a)
		}
	}
	return list
}

// quote writes a word of the table as prettier does; "" stays empty.
func quote(word string) string {
	if word == "" {
		return ""
	}
	return "'" + strings.ReplaceAll(word, "'", `\'`) + "'"
}

func quoteList(words []string) string {
	if words == nil {
		return ""
	}
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = quote(word)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
