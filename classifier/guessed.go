package classifier

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sightline/sightline/imaging"
)

// sourceOf says where a setting came from, "" if it is not recorded.
func (s *Spec) sourceOf(name string) string {
	for _, p := range s.Provenance {
		if p.Name == name {
			return p.Source
		}
	}
	return ""
}

// byDefault says whether a setting was a default, stated by nothing.
func (s *Spec) byDefault(name string) bool {
	return strings.HasPrefix(s.sourceOf(name), defaultSource)
}

// defaultSource begins the source of settings that nothing stated.
const defaultSource = "default"

// Guessed says whether nothing stated how the model's images were prepared.
func (s *Spec) Guessed() bool { return s.byDefault("values") }

// Named says whether something names the classes.
func (s *Spec) Named() bool { return !s.byDefault("classes") }

// MeasuredSource begins the source of settings that a probe found.
const MeasuredSource = "found by measuring"

// Measured says whether how the model's images were prepared was found by measuring.
func (s *Spec) Measured() bool { return strings.HasPrefix(s.sourceOf("values"), MeasuredSource) }

// Variant returns the specification of the same file under another name, with other
// preprocessing and, unless nil, other class names; source is where they come from. The error is
// an ErrPreprocessing or ErrClasses if they do not fit the model.
func (s *Spec) Variant(name string, p imaging.Preprocessing, classes []string, source string) (*Spec, error) {
	v := *s
	v.Name, v.Provenance, v.Warnings = name, nil, nil
	if w, h := p.OutputSize(); w != s.Input.Width || h != s.Input.Height || p.Channels != s.Input.Channels {
		return nil, fmt.Errorf("%w: it gives inputs of %d×%d×%d and the model takes %d×%d×%d (width×height×channels)",
			ErrPreprocessing, w, h, p.Channels, s.Input.Width, s.Input.Height, s.Input.Channels)
	}
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPreprocessing, err)
	}
	if classes != nil && len(classes) != s.Output.Classes {
		return nil, &ClassCountError{Names: len(classes), Outputs: s.Output.Classes, Source: source}
	}
	for _, set := range s.Provenance {
		if !slices.Contains(preprocessingSettings, set.Name) && (set.Name != "classes" || classes == nil) {
			v.Provenance = append(v.Provenance, set)
		}
	}
	v.Warnings = slices.DeleteFunc(slices.Clone(s.Warnings), func(w string) bool {
		return strings.HasPrefix(w, unstated) || classes != nil && strings.HasPrefix(w, unnamed)
	})
	v.Preprocessing = p
	recordPreprocessing(&v, source, source, p.Channels)
	if classes != nil {
		v.Classes, v.ClassIDs = slices.Clone(classes), nil
		v.set("classes", fmt.Sprintf("%d names", len(classes)), source)
	}
	return &v, nil
}

// preprocessingSettings are the names of what recordPreprocessing records.
var preprocessingSettings = []string{"input size", "resize", "centre crop", "padding", "values", "channels", "orientation"}

// How the warnings of settings begin that a variant states.
const (
	unstated = "nothing says how this model's images were prepared"
	unnamed  = "nothing names this model's"
)
