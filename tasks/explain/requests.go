package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/methods"
)

// Requests are the maps of several methods and targets: every pair. An option is
// named METHOD.NAME, for one method, or NAME, for all that have it; "seed" is one
// for all. What does not exist is refused.
func Requests(names, targets []string, seed uint64, options map[string]string) ([]MapOptions, error) {
	if len(names) == 0 {
		names = []string{""}
	}
	if len(targets) == 0 {
		targets = []string{""}
	}
	var list []MapOptions
	used := map[string]bool{}
	for _, method := range names {
		m, err := methods.All().Lookup(method)
		if err != nil {
			return nil, err
		}
		own, taken := attribution.ParseOptions(m.Name(), m.Card().OptionNames(), len(names) == 1, options)
		for _, name := range taken {
			used[name] = true
		}
		for _, target := range targets {
			o, err := MapOptions{Method: m.Name(), Target: target, Seed: seed, Options: own}.Normal()
			if err != nil {
				return nil, err
			}
			if !slices.ContainsFunc(list, func(l MapOptions) bool { return l.Key() == o.Key() }) {
				list = append(list, o)
			}
		}
	}
	for name := range options {
		if !used[name] {
			return nil, fmt.Errorf("option %s: none of the methods %s has it; `sightline methods METHOD` lists those it has", name, strings.Join(names, ", "))
		}
	}
	return list, nil
}
