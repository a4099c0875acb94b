// Package smoke tells benchmarks that they run only so that it is seen that they run:
// those of large models or many samples then take small ones.
package smoke

import (
	"flag"
	"testing"
)

// Benchmarks reports whether every benchmark runs once (-benchtime 1x), or -short is set.
func Benchmarks() bool {
	once := flag.Lookup("test.benchtime")
	return testing.Short() || once != nil && once.Value.String() == "1x"
}
