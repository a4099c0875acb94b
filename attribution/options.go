package attribution

import "strings"

// ParseOptions returns, of settings that were given for several methods, those of
// one: METHOD.NAME is a setting of that method alone and wins over NAME, which is one
// of every method that has it. names are the method's options; "seed" is one of
// every method. alone says that no other method is asked for, so that an option
// which the method does not have is its own too, and its error. used are the keys
// of given that were taken.
func ParseOptions(method string, names []string, alone bool, given map[string]string) (own map[string]string, used []string) {
	known := map[string]bool{"seed": true}
	for _, name := range names {
		known[name] = true
	}
	own = map[string]string{}
	for key, value := range given {
		if strings.Contains(key, ".") || !(alone || known[key]) {
			continue
		}
		used = append(used, key)
		if _, wins := given[method+"."+key]; !wins {
			own[key] = value
		}
	}
	for key, value := range given {
		if short, ok := strings.CutPrefix(key, method+"."); ok {
			own[short], used = value, append(used, key)
		}
	}
	return own, used
}

// OptionNames lists the names of a card's options.
func (c Card) OptionNames() []string {
	names := make([]string, len(c.Options))
	for i, o := range c.Options {
		names[i] = o.Name
	}
	return names
}
