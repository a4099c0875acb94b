package attribution

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sightline/sightline/imaging"
)

// Registry is a list of methods, in the order in which they are offered. That of
// all methods is attribution/methods.All: it imports the families, which import
// this package.
type Registry []Method

// Lookup finds a method by name; an empty name is the first method.
func (r Registry) Lookup(name string) (Method, error) {
	names := make([]string, len(r))
	for i, m := range r {
		if m.Name() == name || name == "" {
			return m, nil
		}
		names[i] = m.Name()
	}
	return nil, fmt.Errorf("there is no saliency method %q: choose one of %s", name, strings.Join(names, ", "))
}

// Configure returns the named method with options set from text, as the command
// line and the API give them; the names are those of its Card. "seed" and
// "fill" go to q. p is the model's preprocessing, which says what a colour is to
// the model.
func (r Registry) Configure(name string, options map[string]string, p *imaging.Preprocessing, q *Request) (Method, error) {
	m, err := r.Lookup(name)
	if err != nil {
		return nil, err
	}
	for _, option := range slices.Sorted(maps.Keys(options)) {
		value := options[option]
		switch option {
		case "seed":
			q.Seed, err = strconv.ParseUint(value, 10, 64)
		case "fill":
			q.Fill, err = ParseFill(value, p)
		default:
			m, err = m.With(option, value)
		}
		if err != nil {
			return nil, fmt.Errorf("option %s=%s of method %s: %w", option, value, m.Name(), err)
		}
	}
	return m, nil
}
