package concepts

import (
	"encoding/json"

	"github.com/sightline/sightline/concepts"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/task"
)

// Name is that of the kind, and of its jobs.
const Name = "concepts"

// Payload is a class to look into.
type Payload struct {
	Spec    json.RawMessage `json:"spec"`
	Class   int             `json:"class"`
	K       int             `json:"k"` // how many concepts; 0: as many as return
	Seed    uint64          `json:"seed"`
	Samples []Sample        `json:"samples"` // that are predicted right
}

// Sample is one of a class.
type Sample struct {
	ID int64 `json:"id"`
	task.Image
}

// Class is what was found in a class.
type Class struct {
	Reason   string         `json:"reason,omitempty"` // why there are no concepts; the rest is empty then
	Layer    string         `json:"layer,omitempty"`  // where they were found
	Channels int            `json:"channels,omitempty"`
	Width    int            `json:"width,omitempty"` // of the layer, in spatial positions
	Height   int            `json:"height,omitempty"`
	Samples  int            `json:"samples,omitempty"` // they were found in
	Unread   int            `json:"unread,omitempty"`  // samples that gave nothing, such as files that are gone
	Missed   float64        `json:"missed,omitempty"`  // share of the layer's squared values that they do not explain
	Below    float64        `json:"below,omitempty"`   // share of the layer's squared values that was below zero, and left out
	Asked    bool           `json:"asked,omitempty"`   // the user gave their number
	Settled  bool           `json:"settled,omitempty"` // enough of them return
	Tried    []concepts.Try `json:"tried,omitempty"`
	Seconds  float64        `json:"seconds,omitempty"` // that it took, of these:
	Forward  float64        `json:"forward,omitempty"` // reading images and running the model
}

// Concept is one of a class.
type Concept struct {
	Share  float64 `json:"share"` // of what all concepts that speak for the class add to its score; below zero for one that speaks against
	Adds   float64 `json:"adds"`  // mean over samples, in logits of the class less the mean of all classes'
	Low    float64 `json:"low"`   // its 95 % interval
	High   float64 `json:"high"`
	Return float64 `json:"returns"` // its smallest cosine with itself, started anew and in halves of the samples
	Stable bool    `json:"stable"`
	Area   float64 `json:"area"` // mean share of the image
}

// Place is where the concepts of a class are on one of its samples.
type Place struct {
	Geometry  imaging.Geometry `json:"geometry"`  // from spatial positions to displayed pixels
	Strengths []float32        `json:"strengths"` // the largest value of each
	Adds      []float32        `json:"adds"`      // what each adds to the score
}

// Result is what a worker found in a class.
type Result struct {
	Class    Class     `json:"class"`
	Concepts []Concept `json:"concepts"`
	Vectors  []byte    `json:"vectors"` // little-endian float32, a row per concept
	Samples  []int64   `json:"samples"`
	Where    []Place   `json:"where"`  // of each sample
	Places   []byte    `json:"places"` // of each sample, of each concept: a byte per spatial position
}
