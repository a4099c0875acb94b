package inspect

import (
	"encoding/json"

	"github.com/sightline/sightline/classifier"
)

// Name is that of the kind; it has no jobs.
const Name = "inspect"

// Names of the calls.
const (
	CallModel  = "inspect" // a ModelRequest, answered by a classifier.Spec
	CallLayers = "layers"  // a LayersRequest, answered by Layers
)

// ModelRequest asks for the specification of a model file.
type ModelRequest struct {
	Path    string             `json:"path"`
	Options classifier.Options `json:"options"`
}

// LayersRequest asks for the layers of a model.
type LayersRequest struct {
	Spec json.RawMessage `json:"spec"`
}

// ModelSpec is the specification of the model that the call is about.
func (r LayersRequest) ModelSpec() json.RawMessage { return r.Spec }
