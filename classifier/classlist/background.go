package classlist

import "strings"

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

// FitBackground makes the names fit n scores where a background class is what they differ by:
// it goes before the first name, or is taken from where it stands. Lists that differ
// by something else are returned as they are. ids are by name, or none.
func FitBackground(names, ids []string, n int) (fitting, fittingIDs []string) {
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
