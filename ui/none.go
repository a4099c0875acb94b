//go:build no_ui

// Package ui is empty in a build with `-tags no_ui`.
package ui

import "io/fs"

// Files reports that this binary was built without the web interface.
func Files() (fs.FS, bool) { return nil, false }
