package dataset

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A kind is that of all values: one other value, in any place, makes it wider.
func TestKindsOfColumns(t *testing.T) {
	for values, want := range map[string]string{
		"true False TRUE": Bool, "1 -2 0": Int, "1 2.5 -1e3": Double, "1 007": PlainText, "1 true": PlainText, "2024-01-05 2024-01-05T10:00:00Z": Date,
		"9223372036854775807": Int, "9223372036854775808": Double, "1 nan": PlainText, "1 Inf": PlainText, "2024-13-05": PlainText, "1e400": PlainText, "0x10": PlainText, "1_000": PlainText,
	} {
		c := Column{Name: "c", Values: map[string]string{}}
		for i, v := range strings.Fields(values) {
			c.Values[fmt.Sprint(i)] = v
		}
		if err := c.settle(""); err != nil || c.Kind != want {
			t.Errorf("%s is of kind %s, want %s (%v)", values, c.Kind, want, err)
		}
	}
	zoned := Column{Values: map[string]string{"a": "2024-01-05T10:00:00+02:00"}}
	if err := zoned.settle(""); err != nil || zoned.Values["a"] != "2024-01-05 08:00:00" {
		t.Errorf("%+v, %v", zoned, err)
	}
	if err := (&Column{Name: "c", Values: map[string]string{"a.jpg": "x"}}).settle(Int); err == nil || err.Error() != `the column c has "x" for a.jpg, which is no int: leave its type out, or make it text` {
		t.Error(err)
	}
}

// The same values come from CSV and from JSON lines; names that clash are prefixed; further columns
// of the table of labels count.
func TestColumnsOfFiles(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"a/1.png", "b/2.png"} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755), os.WriteFile(filepath.Join(dir, name), pngOf(i+1, 4, 3), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	labels := write("labels.csv", "path,label,split,weather\na/1.png,a,train,rain\nb/2.png,b,test,\n")
	meta := write("meta.tsv", "weather\tpath\tlux\n3\ta/1.png\t40\n4\tb/2.png\t\n5\tgone.png\t1\n")
	lines := write("more.jsonl", "{\"lux\": 40.5, \"image\": \"b/2.png\", \"ok\": true, \"box\": [1, 2], \"none\": null}\n\n{\"image\": \"a/1.png\", \"ok\": false, \"shot\": \"2024-01-05\"}\n")
	r, err := Scan(context.Background(), Source{Root: dir, Labels: labels, Columns: []string{meta, lines}, Types: map[string]string{"lux": Double}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range r.Columns {
		text := fmt.Sprintf("%s %s %s:", c.Name, c.Kind, c.Source)
		for _, path := range slices.Sorted(maps.Keys(c.Values)) {
			text += " " + path + "=" + c.Values[path]
		}
		got = append(got, text)
	}
	want := []string{
		"weather text labels.csv: a/1.png=rain", "meta.weather int meta.tsv: a/1.png=3 b/2.png=4", "lux double meta.tsv: a/1.png=40", "more.lux double more.jsonl: b/2.png=40.5",
		"ok bool more.jsonl: a/1.png=false b/2.png=true", "box text more.jsonl: b/2.png=[1,2]", "none text more.jsonl:", "shot date more.jsonl: a/1.png=2024-01-05 00:00:00",
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !slices.ContainsFunc(r.Remarks, func(m Remark) bool {
		return m.Detail == "rows of meta.tsv that name no image: 1; the first is gone.png"
	}) {
		t.Errorf("remarks: %+v", r.Remarks)
	}
	for text, want := range map[string]string{
		"weather,lux\nrain,1\n": "one of them path", "path,x,x\na/1.png,1,2\n": `called "x"`, "path,x\na/1.png,1\n1.png,2\n": "lines 2 and 3 say different things of a/1.png",
	} {
		_, err := Scan(context.Background(), Source{Root: dir, Columns: []string{write("bad.csv", text)}}, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for text, want := range map[string]string{
		"[1]\n": "no object", "": "no rows", `{"path":"a/1.png","x\u0000y":1}`: "control character", `{"path":"a/1.png","x":"\u0000"}`: "zero byte",
		`{"path":"a/1.png","` + strings.Repeat("x", 201) + `":1}`: "201 characters", `{"path":"a/1.png","x":"` + strings.Repeat("y", 65537) + `"}`: "65537 bytes in the column x",
	} {
		if _, err := Scan(context.Background(), Source{Root: dir, Columns: []string{write("bad.jsonl", text)}}, nil); !errors.Is(err, ErrColumns) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v, want %s", text, err, want)
		}
	}
}
