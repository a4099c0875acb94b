package classifier

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/sightline/sightline/classifier/classlist"
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
		names, ids = classlist.FitBackground(names, ids, n)
		source += ", --background"
	}
	if len(names) != n {
		return &ClassCountError{Names: len(names), Outputs: n, Source: found.classesSource, Background: len(classlist.WithoutBackground(names)) < len(names)}
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
	names, err = classlist.Parse(b)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %s: %w; write one name per line, or a JSON list", ErrClasses, path, err)
	}
	return names, classlist.WordNetIDs(b), nil
}

// Match finds the class of each label as [classlist.MatchLabels] does. A label that is the
// WordNet id of a class matches too.
func (s *Spec) Match(labels []string, mapping map[string]string) classlist.Matching {
	all := map[string]string{}
	for i, id := range s.ClassIDs {
		if id != "" {
			all[id] = strconv.Itoa(i)
		}
	}
	for _, class := range s.Classes {
		delete(all, class)
	}
	for from, to := range mapping {
		all[from] = to
	}
	return classlist.MatchLabels(s.Classes, labels, all)
}
