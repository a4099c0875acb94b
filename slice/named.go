package slice

import "slices"

// Named is Resolve turned round: classes that are given by their index are named, so that the slice
// means the same to a model with other classes. Those whose name other classes have too keep it.
func (s Slice) Named(classes []string) Slice {
	name := func(list []Value, kind func(int) Kind) []Value {
		list = slices.Clone(list)
		for i, v := range list {
			if kind(i) != Classes || !v.Indexed || v.Index < 0 || v.Index >= len(classes) {
				continue
			}
			if at, err := FindClass(classes, classes[v.Index]); err == nil && at == v.Index {
				list[i] = Named(classes[v.Index])
			}
		}
		return list
	}
	terms := s.Terms()
	for i := range terms {
		t := &terms[i]
		t.Of = name(t.Of, func(j int) Kind { return t.Field.Of[j].Kind })
		t.Values = values(name(t.Values, func(int) Kind { return t.Field.Kind }))
	}
	named, _ := arrange(terms) // no criterion becomes another
	return named
}

// Names tells whether a criterion of kind Words names a word.
func (s Slice) Names(criterion, word string) bool {
	return slices.ContainsFunc(s.terms, func(t Term) bool {
		return t.Field.Name == criterion && slices.Contains(t.Values, Named(word))
	})
}

// Renamed is the slice with another word where a criterion of kind Words names one.
func (s Slice) Renamed(criterion, from, to string) Slice {
	terms := s.Terms()
	for i := range terms {
		t := &terms[i]
		if t.Field.Name != criterion {
			continue
		}
		list := slices.Clone(t.Values)
		for j, v := range list {
			if v == Named(from) {
				list[j] = Named(to)
			}
		}
		t.Values = values(list)
	}
	return Slice{terms: terms}
}

// Moved is the slice with other ids where criteria such as transition(EVALUATION) name evaluations; now has
// them by the former ones.
func (s Slice) Moved(now map[string]string) Slice {
	terms := s.Terms()
	for i := range terms {
		t := &terms[i]
		t.Of = slices.Clone(t.Of)
		for j, arg := range t.Field.Of {
			if arg.Name != "EVALUATION" && arg.Name != "TWIN" || j >= len(t.Of) {
				continue
			}
			if to, ok := now[t.Of[j].Name]; ok {
				t.Of[j] = Named(to)
			}
		}
	}
	return Slice{terms: terms}
}
