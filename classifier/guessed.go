package classifier

import "strings"

// byDefault says whether a setting was a default, stated by nothing.
func (s *Spec) byDefault(name string) bool {
	for _, p := range s.Provenance {
		if p.Name == name {
			return strings.HasPrefix(p.Source, defaultSource)
		}
	}
	return false
}

// defaultSource begins the source of settings that nothing stated.
const defaultSource = "default"

// Guessed says whether nothing stated how the model's images were prepared.
func (s *Spec) Guessed() bool { return s.byDefault("values") }

// Named says whether something names the classes.
func (s *Spec) Named() bool { return !s.byDefault("classes") }
