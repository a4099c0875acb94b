package classifier

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// classes decides what the classes are called.
func (r *reading) classes(context.Context) error {
	s, found := r.spec, r.found
	n := s.Output.Classes
	if found.classes == nil {
		for i := range n {
			s.Classes = append(s.Classes, fmt.Sprintf("class %d", i))
		}
		s.warn(unnamed+" %d classes; give their names with --classes FILE, in the order of the outputs", n)
		s.set("classes", fmt.Sprintf("%d, numbered", n), defaultSource)
		return nil
	}
	names, ids, source := found.classes, found.classIDs, found.classesSource
	if r.options.Background && len(names) != n {
		names, ids = fitBackground(names, ids, n)
		source += ", --background"
	}
	if len(names) != n {
		return &ClassCountError{Names: len(names), Outputs: n, Source: found.classesSource, Background: len(WithoutBackground(names)) < len(names)}
	}
	s.Classes, s.ClassIDs = slices.Clone(names), ids
	s.set("classes", fmt.Sprintf("%d names", n), source)
	warnDuplicates(s)
	return nil
}

func warnDuplicates(s *Spec) {
	count := map[string]int{}
	for _, name := range s.Classes {
		if count[name]++; count[name] == 2 {
			s.warn("several classes are called %q; labels of that name are ambiguous unless a mapping file gives the index", name)
		}
	}
}

// readClasses reads class names from a file: one per line, perhaps behind their index or
// WordNet id, a JSON list of names, or a JSON object from index to name or from name to
// index. ids are WordNet's, where the file has them.
func readClasses(path string) (names, ids []string, err error) {
	b, err := readText(path)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrClasses, err)
	}
	names, err = parseClasses(b)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %s: %w; write one name per line, or a JSON list", ErrClasses, path, err)
	}
	return names, wordNetIDs(b), nil
}

func parseClasses(b []byte) ([]string, error) {
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
		return namesByIndex(entries)
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

// namesByIndex orders {"0": "cat", …} or {"cat": 0, …} by index; the indices must
// be 0 to n−1.
func namesByIndex(entries map[string]any) ([]string, error) {
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
