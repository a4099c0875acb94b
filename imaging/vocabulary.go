package imaging

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// misspelt refuses a field that is no word of the vocabulary and one slip away
// from one that is: left out silently, it would give a default in its place and
// other predictions. Fields of other kinds are for other programs.
func misspelt(fields map[string]any) error {
	known := vocabulary()
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if slices.Contains(known, name) {
			continue
		}
		for _, word := range known {
			if oneSlip(name, word) {
				return fmt.Errorf("%s is not a field of it: write %s, or leave it out", name, word)
			}
		}
	}
	return nil
}

// vocabulary lists the fields of a Preprocessing as they are written.
func vocabulary() (names []string) {
	t := reflect.TypeFor[Preprocessing]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

// oneSlip reports whether a and b differ by one letter that is missing, wrong
// or swapped with its neighbour.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 1:
		return a[i:] == b[i+1:]
	case 0:
		return i < len(a) && (a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:])
	}
	return false
}
