package export

import (
	"encoding/json"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// names gives files and folders of one folder names that every system can hold, and that differ
// also where upper and lower case, or the two forms of é, are the same.
type names struct {
	of    map[string]string // what was asked for → its name
	taken map[string]bool   // in lower case
}

func newNames() *names { return &names{of: map[string]string{}, taken: map[string]bool{}} }

// mostBytes leaves room for an ending and a number in the 255 bytes of most file systems.
const mostBytes = 200

// reserved are the names of devices, which Windows knows with any ending.
var reserved = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$`)

// safe is text as the name of a file or folder, "unnamed" where nothing is left.
func safe(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(text, "_")))
	text = strings.TrimRight(strings.TrimLeft(cut(text, mostBytes), " "), ". ")
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "__") { // hidden, or what importers skip
		text = "_" + strings.TrimLeft(text, "._")
	}
	switch {
	case text == "":
		return "unnamed"
	case reserved.MatchString(text):
		return "_" + text
	}
	return text
}

// cut is at most n bytes of text, whole letters.
func cut(text string, n int) string {
	for len(text) > n {
		r := []rune(text)
		text = string(r[:len(r)-1-(len(text)-n)/4])
	}
	return text
}

// name is the name of what is asked for by a key: the same one each time.
func (n *names) name(key, text string) string {
	if name, ok := n.of[key]; ok {
		return name
	}
	base := safe(text)
	ending := path.Ext(base)
	if len(ending) > 8 {
		ending = ""
	}
	name := base
	for i := 2; n.taken[strings.ToLower(name)]; i++ {
		name = strings.TrimSuffix(base, ending) + "-" + strconv.Itoa(i) + ending
	}
	n.of[key], n.taken[strings.ToLower(name)] = name, true
	return name
}

// image is the name of a sample's copy among those of a folder.
func (n *names) image(s *Sample) string { return n.name(s.Path, path.Base(s.Path)) }

// tree names copies in several folders.
type tree map[string]*names

// image is the path of a sample's copy in a folder; "" is the root.
func (t tree) image(folder string, s *Sample) string {
	if t[folder] == nil {
		t[folder] = newNames()
	}
	return path.Join(folder, t[folder].image(s))
}

// mapping is folder → class, for evaluate --mapping and for readers.
func (n *names) mapping(w io.Writer) error {
	folders := make(map[string]string, len(n.of))
	for class, folder := range n.of {
		folders[folder] = class
	}
	return document(w, folders)
}

// document writes JSON for people.
func document(w io.Writer, value any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(value)
}

// splits lists the splits of a set in the order in which they come.
func (s *Set) splits() (list []string, err error) {
	seen := map[string]bool{}
	err = s.Each(false, func(x *Sample) error {
		if !seen[x.Split] {
			seen[x.Split] = true
			list = append(list, x.Split)
		}
		return nil
	})
	return list, err
}

// splitName is a split as part of a file's name.
func splitName(split string) string {
	if split == "" {
		return "all"
	}
	return safe(split)
}

// Number writes a score with the fewest digits that give it back.
func Number(v float32) string { return strconv.FormatFloat(float64(v), 'g', -1, 32) }

// lines joins lines with their ends.
func lines(w io.Writer, list []string) error {
	for _, line := range list {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}
