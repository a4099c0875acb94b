package classifier

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Label files in the forms that exports and ImageNet have: names, and the ids beside them.
func TestFilesOfClassNames(t *testing.T) {
	ids := []string{"n01440764", "n01443537"}
	for name, c := range map[string]struct {
		text       string
		names, ids []string
	}{
		"index and name":      {"0 red\n1 light green\n2 blue\n", []string{"red", "light green", "blue"}, nil},
		"index: name":         {"0: red\r\n1: green\r\n", []string{"red", "green"}, nil},
		"in any order":        {"1,green\n0,red\n", []string{"red", "green"}, nil},
		"indices do not fit":  {"7 up\n101 dalmatians\n", []string{"7 up", "101 dalmatians"}, nil},
		"an index twice":      {"0 a\n0 b\n", []string{"0 a", "0 b"}, nil},
		"numbers alone":       {"0\n1\n10\n", []string{"0", "1", "10"}, nil},
		"synset.txt":          {"n01440764 tench, Tinca tinca\nn01443537 goldfish\n", []string{"tench, Tinca tinca", "goldfish"}, ids},
		"ids alone":           {"n01440764\nn01443537\n", ids, ids},
		"class index":         {`{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]}`, []string{"tench", "goldfish"}, ids},
		"a list of pairs":     {`[["n01440764", "tench"], ["n01443537", "goldfish"]]`, []string{"tench", "goldfish"}, ids},
		"a name like an id":   {"n01440764 tench\nn1 goldfish\n", []string{"n01440764 tench", "n1 goldfish"}, nil},
		"an id for two":       {"n01440764 a\nn01440764 b\n", []string{"a", "b"}, nil},
		"names of two words":  {"polar bear\nteddy bear\n", []string{"polar bear", "teddy bear"}, nil},
		"an index of a class": {`{"0": "cat", "1": "dog"}`, []string{"cat", "dog"}, nil},
	} {
		path := filepath.Join(t.TempDir(), "classes.txt")
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		names, found, err := readClasses(path)
		if err != nil || !slices.Equal(names, c.names) || !slices.Equal(found, c.ids) {
			t.Errorf("%s: %q, %q, %v; want %q, %q", name, names, found, err, c.names, c.ids)
		}
	}
}

// Folders of ImageNet are called by WordNet's ids: they match the classes that have them,
// unless a mapping or a class of that name says otherwise.
func TestWordNetFoldersMatch(t *testing.T) {
	s := &Spec{Classes: []string{"tench", "goldfish", "shark"}, ClassIDs: []string{"n01440764", "n01443537", "n01484850"}}
	m := s.Match([]string{"n01484850", "n01440764", "goldfish", "n99999999"}, map[string]string{"n01440764": "goldfish"})
	if m.Index["n01484850"] != 2 || m.Index["n01440764"] != 1 || m.Index["goldfish"] != 1 || len(m.Index) != 3 || len(m.Unknown) != 1 {
		t.Errorf("%+v", m)
	}
	named := &Spec{Classes: []string{"n2", "n01440764"}, ClassIDs: []string{"n01440764", "n01443537"}}
	if m = named.Match([]string{"n01440764"}, nil); m.Index["n01440764"] != 1 {
		t.Errorf("%+v", m)
	}
}
