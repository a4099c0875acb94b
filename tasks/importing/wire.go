package importing

import (
	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
)

// Name is the kind of an import's jobs.
const Name = "import"

// Names of the calls, whose payload is a task.Image and whose answer an image.
const (
	CallThumbnail = "thumbnail" // a small upright JPEG
	CallUpright   = "upright"   // an upright PNG
)

// Payload is a chunk of images to decode. The result is a pack of thumbnails; its data is an
// Outcome.
type Payload struct {
	Items []Item `json:"items"`
}

// Outcome is what a worker found out of a chunk's images besides their thumbnails.
type Outcome struct {
	Spoilt []jobs.Failure        `json:"spoilt"` // those that are, and not those that cannot be read now
	Read   []catalog.Header      `json:"read"`   // of images that came without a hash: objects that nobody had read
	Prints []catalog.Fingerprint `json:"prints"`
}

// Item is a sample as an import's worker needs it.
type Item struct {
	ID         int64 `json:"id"`
	task.Image       // its hash is the thumbnail's key
}

func items(files []catalog.File) []Item {
	list := make([]Item, len(files))
	for i, f := range files {
		list[i] = Item{f.Sample, task.ImageOf(f)}
	}
	return list
}
