package evaluate

import (
	"encoding/json"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
)

// Name is the kind of an evaluation's jobs.
const Name = "evaluate"

// Payload is a chunk of an evaluation. Batch is how many samples are run at once; sample i
// of the job has slot i mod Batch in its run, whatever the chunks, so that a chunk that is
// done again, or in halves, gives the same bits. The result is a block of scores
// (scoreblock.Write), and where Maps are asked for a pack of those that could be made of
// the same runs, and a Said.
type Payload struct {
	Spec  json.RawMessage `json:"spec"`
	Batch int             `json:"batch"`
	Items []Item          `json:"items"`

	Maps     []explain.MapOptions `json:"maps,omitempty"`
	Revision int                  `json:"revision,omitempty"` // of the regions
}

// Said is what a worker says of a chunk besides: why maps that were asked for are not made
// of the evaluation's runs.
type Said struct {
	Apart []string `json:"apart,omitempty"`
}

// Item is a sample as an evaluation's worker needs it.
type Item struct {
	ID int64 `json:"id"`
	task.Image

	// For maps:
	Truth int           `json:"truth,omitempty"` // class index, or attribution.NoTruth
	Where explain.Drawn `json:"where,omitzero"`  // the sample's regions
}

func items(files []catalog.File) []Item {
	list := make([]Item, len(files))
	for i, f := range files {
		list[i] = Item{ID: f.Sample, Image: task.ImageOf(f)}
	}
	return list
}
