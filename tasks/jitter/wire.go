package jitter

import (
	"encoding/json"

	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/tasks/explain"
)

// Name is that of the kind, and of its jobs.
const Name = "jitter"

// How images are changed.
const (
	ShiftPixels = 3    // of the model's input, to the right and down; the edge is repeated
	Brightness  = 0.15 // share by which every value grows or shrinks
	NoiseLevels = 5.0  // standard deviation, of 255
)

// Payload is a chunk of samples whose images are changed in every way.
type Payload struct {
	Spec     json.RawMessage    `json:"spec"`
	Map      explain.MapOptions `json:"map"`
	Revision int                `json:"revision"` // of the regions
	Items    []explain.Item     `json:"items"`
}

// Result is what the maps of the changed images say.
type Result struct {
	List []maps.SharesOf `json:"list"`
}
