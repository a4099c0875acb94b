// Package sightline holds what the whole repository shares: the licences of the
// third-party software in the binary, so that one copied file carries them.
package sightline

import _ "embed"

// Notices is the text of THIRD_PARTY_NOTICES.txt.
//
//go:embed THIRD_PARTY_NOTICES.txt
var Notices string
