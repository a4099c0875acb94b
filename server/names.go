package server

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostName is the number of characters a name may have.
const mostName = 120

// checkName refuses a name of a dataset or model that could not be typed, shown
// or written into an address or a path. A name that is stored already is kept.
func checkName(what, name string) error {
	problem := ""
	switch {
	case !utf8.ValidString(name):
		problem = "is not UTF-8 text"
	case utf8.RuneCountInString(name) > mostName:
		return badRequest(fmt.Errorf("the name of the %s has %d characters, more than %d: give a shorter one", what, utf8.RuneCountInString(name), mostName))
	case strings.IndexFunc(name, unicode.IsControl) >= 0:
		problem = "holds control characters"
	case strings.ContainsAny(name, `/\~`):
		problem = `holds one of / \ ~, which stand in addresses and paths`
	case strings.HasPrefix(name, "."):
		problem = "begins with a dot"
	case strings.TrimSpace(name) != name:
		problem = "begins or ends with a space"
	default:
		return nil
	}
	return badRequest(fmt.Errorf("the name %q of the %s %s: give another", name, what, problem))
}
