//go:build !no_ui

// Package ui carries the built web interface. Its source is Svelte and
// TypeScript in this folder; `make ui` builds it into dist, which is embedded.
package ui

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files returns the built interface, with index.html at its root, and true;
// a binary built with `-tags no_ui` returns nil and false.
func Files() (fs.FS, bool) {
	files, err := fs.Sub(dist, "dist")
	return files, err == nil
}
