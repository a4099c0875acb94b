package pipeline

import (
	"encoding/json"

	"github.com/sightline/sightline/catalog"
)

// item is a sample as a worker needs it.
type item struct {
	ID    int64  `json:"id"`
	File  string `json:"file"`            // absolute
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
		list[i] = item{ID: s.ID, File: s.File}
	}
	return list
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
