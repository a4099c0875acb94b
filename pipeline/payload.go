package pipeline

import (
	"encoding/json"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/classifier"
)

// item is a sample as a worker needs it.
type item struct {
	ID    int64  `json:"id"`
	File  string `json:"file"`            // absolute
	Hash  string `json:"hash,omitempty"`  // of an import: the thumbnail's key
	Truth int    `json:"truth,omitempty"` // of explain: class index, or attribution.NoTruth

	Ranking []int `json:"ranking,omitempty"` // of explain: the best classes, as the evaluation found them
	Need    []int `json:"need,omitempty"`    // of a chunk of explain: which of its maps are wanted of this sample

	Have []haveMap `json:"have,omitempty"` // of those that are to be judged only: the maps

	Where drawn `json:"where,omitzero"` // of explain: the sample's regions
}

// haveMap is a stored map of a chunk of explain.
type haveMap struct {
	Wish   int             `json:"wish"` // which of the chunk's maps it is
	Meta   json.RawMessage `json:"meta"`
	Values []byte          `json:"values"` // little-endian float32
}

func items(samples []catalog.Sample) []item {
	list := make([]item, len(samples))
	for i, s := range samples {
		list[i] = item{ID: s.ID, File: s.File, Hash: s.Hash}
	}
	return list
}

// importPayload is a chunk of images to decode.
type importPayload struct {
	Items []item `json:"items"`
}

// evaluatePayload is a chunk of an evaluation. Batch is how many samples are
// run at once; sample i of the job has slot i mod Batch in its run, whatever
// the chunks, so that a chunk that is done again, or in halves, gives the same
// bits.
type evaluatePayload struct {
	Spec  json.RawMessage `json:"spec"`
	Batch int             `json:"batch"`
	Items []item          `json:"items"`
}

// mapRequest says which map of a model is wanted.
type mapRequest struct {
	Spec json.RawMessage `json:"spec"`
	MapOptions
}

// ModelSpec is the specification of the model that the call is about.
func (r mapRequest) ModelSpec() json.RawMessage { return r.Spec }

// explainPayload is a chunk of maps to make.
type explainPayload struct {
	Spec   json.RawMessage `json:"spec"`
	Maps   []MapOptions    `json:"maps"`
	Judged bool            `json:"judged,omitempty"`
	Items  []item          `json:"items"`

	Revision int `json:"revision"` // of the regions

	Baselines []string `json:"baselines,omitempty"` // files of the pictures that expectedgradients compares with
}

// explainRequest is a call for one map.
type explainRequest struct {
	mapRequest
	Item item `json:"item"`

	Baselines []string `json:"baselines,omitempty"`
}

type inspectRequest struct {
	Path    string             `json:"path"`
	Options classifier.Options `json:"options"`
}
