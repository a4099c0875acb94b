package pipeline

import (
	"encoding/json"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/workspace"
)

// item is a sample as a worker needs it.
type item struct {
	ID    int64  `json:"id"`
	File  string `json:"file"`            // absolute
	Hash  string `json:"hash,omitempty"`  // of an import: the thumbnail's key
	Truth int    `json:"truth,omitempty"` // of explain: class index, or attribution.NoTruth
}

func items(samples []workspace.Sample) []item {
	list := make([]item, len(samples))
	for i, s := range samples {
		list[i] = item{ID: s.ID, File: s.File, Hash: s.Hash}
	}
	return list
}

// failures is the data of a chunk's result: the samples that gave none.
type failures []workspace.Failure

func (f failures) encode() []byte {
	if len(f) == 0 {
		return nil
	}
	return mustJSON(f)
}

func decodeFailures(data []byte) (f failures, err error) {
	if len(data) == 0 {
		return nil, nil
	}
	err = json.Unmarshal(data, &f)
	return f, err
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

// mapRequest says which map is wanted, of a model and one sample or many.
type mapRequest struct {
	Spec   json.RawMessage `json:"spec"`
	Method string          `json:"method"`
	Target string          `json:"target"`
	Seed   uint64          `json:"seed"`
}

// explainPayload is a chunk of maps to make.
type explainPayload struct {
	mapRequest
	Items []item `json:"items"`
}

// explainRequest is a call for one map.
type explainRequest struct {
	mapRequest
	Item item `json:"item"`
}

type inspectRequest struct {
	Path    string             `json:"path"`
	Options classifier.Options `json:"options"`
}
