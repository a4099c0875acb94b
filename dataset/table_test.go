package dataset

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func entryLines(entries []Entry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, fmt.Sprintf("%d %s %s %s %v", e.Line, e.Path, e.Label, e.Split, e.Labelled))
	}
	return out
}

func TestReadTable(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"header":             {"path,label,split\na.png,cake,train\nb.png,tea,Validation\n", []string{"2 a.png cake train true", "3 b.png tea val true"}},
		"no header":          {"a.png,cake\nb.png,tea\n", []string{"1 a.png cake  true", "2 b.png tea  true"}},
		"no header, split":   {"a.png,cake,train\nb.png,tea,test\n", []string{"1 a.png cake train true", "2 b.png tea test true"}},
		"tabs":               {"image\tclass\na.png\tbig, red\n", []string{"2 a.png big, red  true"}},
		"semicolons":         {"Filename;Width;Height;Roi.X1;ClassId\n00029.ppm;38;35;6;11\n", []string{"2 00029.ppm 11  true"}},
		"ids after commas":   {"test/a/1.jpg, 0, 7\ntest/a/2.jpg, 1, 7\n", []string{"1 test/a/1.jpg 0  true", "2 test/a/2.jpg 1  true"}},
		"names before ids":   {"file,class_index,wnid,label\na.JPEG,39,n0167,\"common iguana, iguana\"\n", []string{"2 a.JPEG common iguana, iguana  true"}},
		"order of columns":   {"label,split,file_name\ncake,test,a.png\n", []string{"2 a.png cake test true"}},
		"byte order mark":    {"\ufeffpath,label\r\na.png,cake\r\n", []string{"2 a.png cake  true"}},
		"missing label":      {"path,label\na.png,\nb.png,tea\n", []string{"2 a.png   false", "3 b.png tea  true"}},
		"backslashes":        {"path,label\n.\\x\\a.png,cake\n", []string{"2 x/a.png cake  true"}},
		"empty lines":        {"path,label\n\na.png,cake\n\n", []string{"3 a.png cake  true"}},
		"numbering in names": {"Image Path (str),Class Name (str),Class ID (int)\na.png,Apple,3\n", []string{"2 a.png Apple  true"}},
		"stray quote":        {"path,label\na.png,5\" pipe\n", []string{"2 a.png 5\" pipe  true"}},
		"no endings":         {"id,label\n001,cake\n002,tea\n", []string{"2 001 cake  true", "3 002 tea  true"}},
		"own split name":     {"path,label,split\na.png,cake,fold-3\n", []string{"2 a.png cake fold-3 true"}},
		"paths only":         {"path\na.png\n", []string{"2 a.png   false"}},
	} {
		entries, err := ReadTable([]byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		equal(t, name, entryLines(entries), c.want)
	}
}

func TestReadTableRefuses(t *testing.T) {
	for text, says := range map[string]string{
		"":                        "empty",
		"foo,bar\na.png,cake\n":   "rename the one with the paths",
		"a.png,Br\xfccke\n":       "CSV UTF-8",
		"PK\x03\x04\x00\x00,x\n":  "zero bytes",
		"\ufeff\n\n":              "empty",
		"path,label\n\"a.png,x\n": "not a table",
	} {
		if _, err := ReadTable([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v does not say %q", text, err, says)
		}
	}
}

func TestReadList(t *testing.T) {
	got := entryLines(ReadList([]byte("\ufeff# images\na b.png\r\n\n./c/d.png\n")))
	equal(t, "list", got, []string{"2 a b.png   false", "4 c/d.png   false"})
}

func TestTableFindsItsFiles(t *testing.T) {
	root := plant(t, map[string]string{"images/1.png": "", "images/2.png": "", "x/3.png": "", "y/3.png": "", "extra.png": "", "notes.md": "x"})
	table := filepath.Join(root, "labels.csv")
	write(t, table, []byte("path,label\nimages/1.png,cake\n2.png,tea\n3.png,milk\nnone.png,oil\nimages/1.png,cake\n"))
	r := scan(t, Source{Root: root, Labels: table, Split: "test"})
	equal(t, "samples", lines(r), []string{"images/1.png cake test", "images/2.png tea test"})
	equal(t, "missing", pathsOf(r, Missing), []string{"3.png", "none.png"})
	equal(t, "unlisted", pathsOf(r, Unlisted), []string{"extra.png", "x/3.png", "y/3.png"})
	equal(t, "strays", pathsOf(r, Stray), []string{"notes.md"})
}

func TestTableBesideItsImagesAndAbsolutePaths(t *testing.T) {
	root, elsewhere := plant(t, map[string]string{"a/1.png": ""}), plant(t, map[string]string{"2.png": ""})
	table := filepath.Join(root, "a/labels.tsv")
	write(t, table, []byte("1.png\tcake\n"+elsewhere+"/2.png\ttea\n"))
	r := scan(t, Source{Root: root, Labels: table})
	equal(t, "samples", lines(r), []string{elsewhere + "/2.png tea -", "a/1.png cake -"})
	r = scan(t, Source{Labels: table})
	if r.Source.Root != filepath.Join(root, "a") {
		t.Errorf("the root is %s without one given", r.Source.Root)
	}
}

func TestTableContradictingItselfIsRefused(t *testing.T) {
	root := plant(t, map[string]string{"1.png": ""})
	table := filepath.Join(root, "labels.csv")
	write(t, table, []byte("1.png,cake\n1.png,tea\n"))
	if _, err := Scan(ctx, Source{Root: root, Labels: table}, nil); err == nil || !strings.Contains(err.Error(), "line 2: 1.png is listed twice") {
		t.Errorf("got %v", err)
	}
	if _, err := Scan(ctx, Source{Root: root, Labels: table, List: table}, nil); err == nil {
		t.Error("a table and a list together are accepted")
	}
}

func TestListHasNoLabels(t *testing.T) {
	root := plant(t, map[string]string{"a/1.png": "", "a/2.png": ""})
	list := filepath.Join(t.TempDir(), "list.txt")
	write(t, list, []byte("a/2.png\n"))
	r := scan(t, Source{Root: root, List: list})
	equal(t, "samples", lines(r), []string{"a/2.png - -"})
	if r.Samples[0].Labelled || r.Layout != "list" {
		t.Errorf("got %+v, layout %s", r.Samples[0], r.Layout)
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add("path,label,split\na.png,cake,train\n")
	f.Add("a.png;1\n\"b;c.png\";2\n")
	f.Add("\ufeffx\ty\n")
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := ReadTable([]byte(text))
		for _, e := range entries {
			if err != nil || e.Path == "" || e.Line < 1 || e.Labelled != (e.Label != "") {
				t.Fatalf("%q: %+v, %v", text, e, err)
			}
		}
	})
}

// A name of a megabyte, of a zero byte, is none of a label, a split or a region.
func TestNamesThatCannotBeShown(t *testing.T) {
	root := plant(t, map[string]string{"1.png": ""})
	long := strings.Repeat("n", 1001)
	for want, s := range map[string]Source{
		"name of a label has 1001": {Labels: "path,label\n1.png," + long + "\n"},
		"name of a split has 1001": {Labels: "path,label,split\n1.png,a," + long + "\n"},
		"region has 1001 bytes":    {Regions: []string{"path,x1,y1,x2,y2,name\n1.png,0,0,1,1," + long + "\n"}},
		"holds a zero byte":        {Regions: []string{`{"images":[{"id":1,"file_name":"1.png"}],"categories":[{"id":1,"name":"a\u0000"}],"annotations":[{"image_id":1,"category_id":1,"bbox":[0,0,1,1]}]}`}},
	} {
		file := filepath.Join(t.TempDir(), "table.csv")
		if strings.HasPrefix(strings.Join(s.Regions, ""), "{") {
			file = filepath.Join(t.TempDir(), "boxes.json")
		}
		if s.Labels != "" {
			write(t, file, []byte(s.Labels))
			s.Labels = file
		} else {
			write(t, file, []byte(s.Regions[0]))
			s.Regions[0] = file
		}
		s.Root = root
		if _, err := Scan(t.Context(), s, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
}
