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

// IsBackground says whether a name is that of the class that some models have for nothing in
// particular, as TensorFlow's of ImageNet do.
func IsBackground(name string) bool {
	switch strings.ToLower(strings.Trim(name, "_ ")) {
	case "background", "dummy":
		return true
	}
	return false
}

// WithoutBackground leaves a background class out that stands first or last.
func WithoutBackground(names []string) []string {
	switch n := len(names); {
	case n > 0 && IsBackground(names[0]):
		return names[1:]
	case n > 0 && IsBackground(names[n-1]):
		return names[:n-1]
	}
	return names
}

// fitBackground makes the names fit n scores where a background class is what they differ by:
// it goes before the first name, or is taken from where it stands. Lists that differ
// by something else are returned as they are. ids are by name, or none.
func fitBackground(names, ids []string, n int) (fitting, fittingIDs []string) {
	rest := WithoutBackground(names)
	switch {
	case len(names) == n-1:
		names = append([]string{"background"}, names...)
		if ids != nil {
			ids = append([]string{""}, ids...)
		}
	case len(names) == n+1 && len(rest) == n:
		if ids != nil && IsBackground(names[0]) {
			ids = ids[1:]
		} else if ids != nil {
			ids = ids[:n]
		}
		names = rest
	}
	return names, ids
}
