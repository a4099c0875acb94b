package importing

import (
	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/task"
)

// Name is the kind of an import's jobs.
const Name = "import"

// Names of the calls, whose payload is a task.Image and whose answer an image.
const (
	CallThumbnail = "thumbnail" // a small upright JPEG
	CallUpright   = "upright"   // an upright PNG
)

// Payload is a chunk of images to decode. The result is a pack of thumbnails; its data
// lists the images that are spoilt ([]jobs.Failure), those aside that cannot be read now.
type Payload struct {
	Items []Item `json:"items"`
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
