package classifier_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/testmodel"
)

// A variant runs the same file with other settings; the specification it is made of stays.
func TestVariants(t *testing.T) {
	s := inspect(t, testmodel.Write(t, testmodel.Options{}), classifier.Options{})
	if !s.Guessed() || s.Named() {
		t.Fatalf("guessed %v, named %v", s.Guessed(), s.Named())
	}
	p, _ := imaging.Preset("plain")
	p = p.WithInput(8, 8, 3)
	v, err := s.Variant("other", p, []string{"a", "b", "c"}, "found by measuring")
	if err != nil {
		t.Fatal(err)
	}
	if v.Name != "other" || v.Guessed() || !v.Named() || v.Preprocessing.DoNormalize || v.SHA256 != s.SHA256 || len(v.Warnings) != 0 {
		t.Errorf("%+v", v)
	}
	if !s.Guessed() || s.Named() || len(s.Warnings) != 2 {
		t.Errorf("the model has changed: %+v", s)
	}
	for _, set := range []string{"values", "resize", "classes"} {
		if i := slices.IndexFunc(v.Provenance, func(p classifier.Setting) bool { return p.Name == set }); i < 0 || v.Provenance[i].Source != "found by measuring" {
			t.Errorf("%s: %+v", set, v.Provenance)
		}
	}
	openSpec(t, v)
	if kept, err := s.Variant("other", p, nil, "found by measuring"); err != nil || kept.Named() || len(kept.Warnings) != 1 || !strings.Contains(kept.Warnings[0], "classes") {
		t.Errorf("without names: %+v, %v", kept, err)
	}
	if _, err := s.Variant("other", p.WithInput(9, 9, 3), nil, ""); !errors.Is(err, classifier.ErrPreprocessing) {
		t.Errorf("another size: %v", err)
	}
	if _, err := s.Variant("other", p, []string{"a"}, ""); !errors.Is(err, classifier.ErrClasses) {
		t.Errorf("one name: %v", err)
	}
}
