// Package thorough says how much a test may take. Continuous integration ($CI is
// set) runs every test, as long as it is written; elsewhere a person waits for
// `make test`, and what takes long is left out or made smaller. With CI=true
// everybody runs all of it.
package thorough

import (
	"os"
	"testing"
)

// On is whether every test is run, as long as it is written; studies run more still, where $SIGHTLINE_STUDY is set. It is a function, for
// what is read before the tests begin is not part of what `go test` remembers.
func On() bool { return os.Getenv("CI") != "" || os.Getenv("SIGHTLINE_STUDY") != "" }

// Pick returns the first value where a person waits and the second where everything
// is run.
func Pick[T any](waiting, all T) T {
	if On() {
		return all
	}
	return waiting
}

// Only leaves a test out where a person waits.
func Only(t testing.TB) {
	t.Helper()
	if !On() {
		t.Skip("continuous integration (CI=true) runs it")
	}
}
