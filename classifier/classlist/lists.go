// Package classlist reads lists of class names in the forms in which they come (lines, JSON,
// Python), with their WordNet ids and a background class, and finds the class that a label of a
// dataset means.
package classlist

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
)

// Parse reads the names in a file of one of these forms, in the order of the classes.
func Parse(b []byte) ([]string, error) {
	b = bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\ufeff")))
	switch {
	case len(b) == 0:
		return nil, fmt.Errorf("it is empty")
	case b[0] == '[':
		var entries []any
		if err := json.Unmarshal(b, &entries); err != nil {
			return nil, err
		}
		return namesOf(entries)
	case b[0] == '{':
		var entries map[string]any
		if err := json.Unmarshal(b, &entries); err != nil {
			return nil, err
		}
		return ByIndex(entries)
	}
	var names []string
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" {
			names = append(names, line)
		}
	}
	return namesOfLines(names), nil
}

func namesOf(entries []any) ([]string, error) {
	names := make([]string, len(entries))
	for i, e := range entries {
		name, ok := nameOf(e)
		if !ok {
			return nil, fmt.Errorf("entry %d is not a name", i)
		}
		names[i] = name
	}
	return names, nil
}

// nameOf accepts a name, or a list that ends in one (Keras' ImageNet index has
// ["n01440764", "tench"]).
func nameOf(e any) (string, bool) {
	switch v := e.(type) {
	case string:
		return v, true
	case []any:
		if len(v) > 0 {
			return nameOf(v[len(v)-1])
		}
	}
	return "", false
}

// ByIndex orders {"0": "cat", …} or {"cat": 0, …} by index; the indices must
// be 0 to n−1.
func ByIndex(entries map[string]any) ([]string, error) {
	names := make([]string, len(entries))
	given := make([]bool, len(entries))
	keys := make([]string, 0, len(entries))
	for k := range entries {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		index, name := -1, ""
		if number, ok := entries[k].(float64); ok && number == math.Trunc(number) && number < 1<<30 {
			index, name = int(number), k
		} else if i, err := strconv.Atoi(k); err == nil {
			index, name = i, ""
			name, _ = nameOf(entries[k])
		}
		if index < 0 || index >= len(names) || given[index] || name == "" {
			return nil, fmt.Errorf("entry %q: the indices must be 0 to %d, each once", k, len(names)-1)
		}
		names[index], given[index] = name, true
	}
	return names, nil
}
