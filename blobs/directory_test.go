package blobs_test

import (
	"testing"

	"github.com/sightline/sightline/blobs"
	"github.com/sightline/sightline/blobs/blobtest"
)

func TestDirectory(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blobs.Store {
		d, err := blobs.OpenDirectory(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}
