// Package wire turns what the stores and kinds of work give into what the API's types say:
// lists, names, jobs, estimates, trust. It asks nobody for anything.
package wire

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sightline/sightline/results"
)

// List applies f to every element; the result is never nil, so that it
// travels as a list.
func List[A, B any](list []A, f func(A) B) []B {
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

// Listed is a list that travels as one even if it is empty.
func Listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Answered is what was found, as it travels, if there is no error.
func Answered[T, A any](found *T, as func(T) A, err error) (answer A, _ error) {
	if err != nil {
		return answer, err
	}
	return as(*found), nil
}

// NameAt is the name of a class; "" for none.
func NameAt(classes []string, index int) string {
	if index < 0 || index >= len(classes) {
		return ""
	}
	return classes[index]
}

// ClassName is the name of a class, or that there is no decision.
func ClassName(classes []string, class int) string {
	if class == results.NoDecision {
		return "no decision"
	}
	return NameAt(classes, class)
}

// HeaderText is JSON that may stand in an HTTP header: ASCII alone.
func HeaderText(value any) (string, error) {
	content, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("describing a map: %w", err)
	}
	var b strings.Builder
	for _, r := range string(content) {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		}
	}
	return b.String(), nil
}
