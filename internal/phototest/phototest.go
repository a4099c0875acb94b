// Package phototest reads images for tests.
package phototest

import (
	"os"
	"testing"

	"github.com/sightline/sightline/imaging"
)

// Decode reads the image of a file, or fails the test.
func Decode(t testing.TB, path string) *imaging.Image {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	im, err := imaging.Decode(data, imaging.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return im
}
