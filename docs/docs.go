// Package docs holds the project's documents, so that the program has them wherever it runs.
package docs

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed *.md
var files embed.FS

// Topics lists the documents by name, without the ending.
func Topics() []string {
	found, err := fs.Glob(files, "*.md")
	if err != nil {
		panic(err) // the pattern is well formed
	}
	for i, name := range found {
		found[i] = strings.TrimSuffix(name, ".md")
	}
	return found
}

// Read returns a document's text, or an error that is fs.ErrNotExist.
func Read(topic string) (string, error) {
	text, err := files.ReadFile(topic + ".md")
	return string(text), err
}

// Title is the first heading of a document.
func Title(text string) string {
	for line := range strings.Lines(text) {
		if title, ok := strings.CutPrefix(line, "# "); ok {
			return strings.TrimSpace(title)
		}
	}
	return ""
}
