package classlist

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	// indexedName is a line as label files of Teachable Machine or PaddleClas have it:
	// "0 cat", "0: cat" or "0,cat".
	indexedName = regexp.MustCompile(`^(\d+)(?:\s*[:,;]\s*|\s+)(\S.*)$`)
	// wordNetName is a line of ImageNet's synset.txt: "n01440764 tench, Tinca tinca".
	wordNetName = regexp.MustCompile(`^(n\d{8})[\s,:]+(\S.*)$`)
	wordNetID   = regexp.MustCompile(`^n\d{8}$`)
)

// namesOfLines takes the indices off lines that all begin with one, if together they
// are 0 to n−1, and WordNet's ids off lines that all begin with one. Other lines are
// names as they stand.
func namesOfLines(lines []string) []string {
	if names, ok := byLeadingIndex(lines); ok {
		return names
	}
	names := make([]string, len(lines))
	for i, line := range lines {
		match := wordNetName.FindStringSubmatch(line)
		if match == nil {
			return lines
		}
		names[i] = match[2]
	}
	return names
}

func byLeadingIndex(lines []string) (names []string, ok bool) {
	if len(lines) < 2 {
		return nil, false
	}
	names = make([]string, len(lines))
	for _, line := range lines {
		match := indexedName.FindStringSubmatch(line)
		if match == nil {
			return nil, false
		}
		i, err := strconv.Atoi(match[1])
		if err != nil || i >= len(names) || names[i] != "" {
			return nil, false
		}
		names[i] = match[2]
	}
	return names, true
}

// WordNetIDs are the ids that a file of class names gives beside the names, in the
// order of the classes; nil unless every class has one of its own.
func WordNetIDs(b []byte) []string {
	b = bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\ufeff")))
	var entries []any
	var byIndex map[string]any
	var ids []string
	switch {
	case json.Unmarshal(b, &entries) == nil:
		for _, e := range entries {
			ids = append(ids, wordNetIDOf(e))
		}
	case json.Unmarshal(b, &byIndex) == nil:
		for i := range len(byIndex) {
			ids = append(ids, wordNetIDOf(byIndex[fmt.Sprint(i)]))
		}
	default:
		for line := range strings.Lines(string(b)) {
			if line = strings.TrimSpace(line); line != "" {
				id, _, _ := strings.Cut(line, " ")
				ids = append(ids, wordNetIDOf([]any{strings.TrimRight(id, ",:")}))
			}
		}
	}
	seen := map[string]bool{}
	for _, id := range ids {
		if id == "" || seen[id] {
			return nil
		}
		seen[id] = true
	}
	return ids
}

// wordNetIDOf is the id in front of a list of id and name, "" if there is none.
func wordNetIDOf(entry any) string {
	if list, ok := entry.([]any); ok && len(list) > 0 {
		if id, ok := list[0].(string); ok && wordNetID.MatchString(id) {
			return id
		}
	}
	return ""
}
