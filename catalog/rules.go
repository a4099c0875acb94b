package catalog

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrName is of a name that a dataset or model cannot have.
var ErrName = errors.New("names are of letters, digits, spaces and signs but / \\ ~, do not begin with a dot, and have 120 characters at most: give another")

// MostName is the number of characters a name may have.
const MostName = 120

// CheckName refuses a name of a dataset or model that could not be typed, shown or written
// into an address or a path. The error says what is wrong, and wraps ErrName.
func CheckName(what, name string) error {
	problem := ""
	switch {
	case !utf8.ValidString(name):
		problem = "is not UTF-8 text"
	case utf8.RuneCountInString(name) > MostName:
		return fmt.Errorf("the name of the %s has %d characters: %w", what, utf8.RuneCountInString(name), ErrName)
	case strings.IndexFunc(name, unicode.IsControl) >= 0:
		problem = "holds control characters"
	case strings.ContainsAny(name, `/\~`):
		problem = `holds one of / \ ~, which stand in addresses and paths`
	case strings.HasPrefix(name, "."):
		problem = "begins with a dot"
	case strings.TrimSpace(name) != name:
		problem = "begins or ends with a space"
	case name == "":
		problem = "is empty"
	default:
		return nil
	}
	return fmt.Errorf("the name %q of the %s %s; %w", name, what, problem, ErrName)
}
