package explain

import (
	"encoding/json"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/task"
)

// Name is that of the kind, and of its jobs.
const Name = "explain"

// Names of the calls.
const (
	CallExplain = "explain" // a Request, answered by Frames
	CallDraw    = "draw"    // a DrawRequest, answered by PNGs
	CallChoose  = "choose"  // a ModelRequest, answered by a Choice
	CallUnfit   = "unfit"   // a ModelRequest, answered by reasons by method
)

// Item is a sample as a worker needs it.
type Item struct {
	ID int64 `json:"id"`
	task.Image
	Truth int `json:"truth,omitempty"` // of explain: class index, or attribution.NoTruth

	Ranking []int `json:"ranking,omitempty"` // of explain: the best classes, as the evaluation found them
	Need    []int `json:"need,omitempty"`    // of a chunk of explain: which of its maps are wanted of this sample

	Have []HaveMap `json:"have,omitempty"` // of those that are to be assessed only: the maps

	Where Drawn `json:"where,omitzero"` // of explain: the sample's regions
}

// HaveMap is a stored map of a chunk of explain.
type HaveMap struct {
	Which  int             `json:"which"` // which of the chunk's maps it is
	Meta   json.RawMessage `json:"meta"`
	Values []byte          `json:"values"` // little-endian float32
}

func items(files []catalog.File) []Item {
	list := make([]Item, len(files))
	for i, f := range files {
		list[i] = Item{ID: f.Sample, Image: task.ImageOf(f)}
	}
	return list
}

// MapRequest says which map of a model is wanted.
type MapRequest struct {
	Spec json.RawMessage `json:"spec"`
	MapOptions
}

// ModelSpec is the specification of the model that the call is about.
func (r MapRequest) ModelSpec() json.RawMessage { return r.Spec }

// ModelRequest asks something of a model, whatever the image.
type ModelRequest struct {
	Spec json.RawMessage `json:"spec"`
}

// ModelSpec is the specification of the model that the call is about.
func (r ModelRequest) ModelSpec() json.RawMessage { return r.Spec }

// Payload is a chunk of maps to make.
type Payload struct {
	Spec     json.RawMessage `json:"spec"`
	Maps     []MapOptions    `json:"maps"`
	Assessed bool            `json:"assessed,omitempty"`
	Items    []Item          `json:"items"`

	Revision int `json:"revision"` // of the regions

	Baselines []task.Image `json:"baselines,omitempty"` // what expectedgradients compares with
}

// Request is a call for one map, and for its shares of the regions of its item.
type Request struct {
	MapRequest
	Item Item `json:"item"`

	Revision int `json:"revision,omitempty"` // of the regions

	Baselines []task.Image `json:"baselines,omitempty"`
}
