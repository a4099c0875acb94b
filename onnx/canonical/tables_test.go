package canonical_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/onnx/canonical"
)

var update = flag.Bool("update", false, "write what the tables have to testdata")

// TestOperatorTables lists what is known of every operator: whether it is lowered,
// its types inferred, its value evaluated, whether it has a gradient rule.
// An operator that a table gains or loses shows as a difference; a
// point is a gap, which may be meant.
func TestOperatorTables(t *testing.T) {
	tables := canonical.Tables()
	tables["gradient"] = map[string]bool{}
	for op := range autodiff.Plain() {
		tables["gradient"][op] = true
	}
	got := listed(tables, "lowered", "inferred", "evaluated", "gradient")
	const file = "testdata/operators.txt"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("the tables have changed; look at the difference that go test ./onnx/canonical -run OperatorTables -update makes in %s, and commit it if it is meant", file)
	}
	for op := range tables["gradient"] { // without a type no rule can know the shapes it needs
		if name := op[strings.LastIndex(op, ".")+1:]; !tables["inferred"][name] {
			t.Errorf("%s has a gradient, but the types of its results are not inferred", op)
		}
	}
}

// listed is a line for every operator, with a mark for each table that has it.
func listed(tables map[string]map[string]bool, columns ...string) string {
	operators := map[string]bool{}
	for _, table := range tables {
		maps.Copy(operators, table)
	}
	lines := []string{fmt.Sprintf("%-44s %s", "operator", strings.Join(columns, " "))}
	for _, op := range slices.Sorted(maps.Keys(operators)) {
		line := fmt.Sprintf("%-44s", op)
		for _, column := range columns {
			mark := "."
			if tables[column][op] {
				mark = "x"
			}
			line += fmt.Sprintf(" %-*s", len(column), mark)
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return strings.Join(lines, "\n") + "\n"
}

// TestFamiliesDoNotOverlap: an operator is lowered in one place.
func TestFamiliesDoNotOverlap(t *testing.T) {
	parts, all := canonical.Families()
	sum := 0
	for _, n := range parts {
		sum += n
	}
	if sum != all {
		t.Errorf("the families have %d entries, their union %d", sum, all)
	}
}
