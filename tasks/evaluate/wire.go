package evaluate

import (
	"encoding/json"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/task"
)

// Name is the kind of an evaluation's jobs.
const Name = "evaluate"

// Payload is a chunk of an evaluation. Batch is how many samples are run at once; sample i
// of the job has slot i mod Batch in its run, whatever the chunks, so that a chunk that is
// done again, or in halves, gives the same bits. The result is a block of scores
// (results.WriteBlock).
type Payload struct {
	Spec  json.RawMessage `json:"spec"`
	Batch int             `json:"batch"`
	Items []Item          `json:"items"`
}

// Item is a sample as an evaluation's worker needs it.
type Item struct {
	ID int64 `json:"id"`
	task.Image
}

func items(files []catalog.File) []Item {
	list := make([]Item, len(files))
	for i, f := range files {
		list[i] = Item{f.Sample, task.ImageOf(f)}
	}
	return list
}
