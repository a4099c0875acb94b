package slice_test

import (
	"errors"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/sightline/sightline/slice"
)

// checkRound checks that a slice's text reads back as the same slice and is its
// only text.
func checkRound(t *testing.T, s slice.Slice) {
	t.Helper()
	text := s.String()
	again, err := slice.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if !reflect.DeepEqual(again, s) {
		t.Errorf("%s reads back as %+v, was %+v", text, again.Terms(), s.Terms())
	}
	if again.String() != text {
		t.Errorf("%s is written %s the second time", text, again)
	}
}

// FuzzParse reads any text: it is refused with an error that names a parameter, or
// its canonical text means the same, with the names of classes and with their
// indices.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txt")
	for _, path := range files {
		for _, c := range commands(&testing.T{}, path) {
			f.Add(c.text)
		}
	}
	classes := []string{"cake", "hot dog", "77", "", "name:x", "Ü", "a,b", "!", "-1"}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := slice.Parse(text)
		if err != nil {
			var m *slice.Mistake
			if !errors.As(err, &m) || m.Message == "" {
				t.Fatalf("%q: the error %v is no mistake", text, err)
			}
			return
		}
		checkRound(t, s)
		for i, c := range text {
			if c > 0x7e && i < len(s.String()) && s.String()[i] > 0x7e {
				t.Errorf("%q is written with signs beyond ASCII: %s", text, s)
			}
		}
		_ = s.Sentence(classes)
		if r, err := s.Resolve(classes); err == nil {
			checkRound(t, r)
			if again, err := r.Resolve(classes); err != nil || !reflect.DeepEqual(again, r) {
				t.Errorf("%s resolved twice is %s (%v)", r, again, err)
			}
			if _, err := r.Where(func(slice.Term) (slice.Relation, error) { return slice.Relation{From: "f", Value: "v"}, nil }); err != nil {
				t.Errorf("%s has no SQL: %v", r, err)
			}
		}
	})
}
