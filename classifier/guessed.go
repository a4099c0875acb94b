package classifier

import "strings"

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
