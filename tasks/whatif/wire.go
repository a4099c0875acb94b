package whatif

import (
	"encoding/json"

	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/trials"
)

// Name is that of the kind, and of its jobs.
const Name = "whatif"

// How an area is changed: the fills that hide it are those of package regions.
const (
	FillSwap  = "swap"  // by the area of another sample, whose class or whose own is the test
	FillPaste = "paste" // by the area of a sample of the class that it should turn into
)

// Payload is a chunk of samples to try.
type Payload struct {
	Spec  json.RawMessage `json:"spec"`
	Seed  uint64          `json:"seed"`
	Items []Item          `json:"items"`
}

// Item is a sample and what is tried with it. It is always run as it is, too.
type Item struct {
	Unit  int   `json:"unit"`
	ID    int64 `json:"id"`
	Class int   `json:"class"`
	task.Image
	Where explain.Drawn `json:"where"`
	Areas []Area        `json:"areas"`
}

// Area is an area of a sample and how it is changed.
type Area struct {
	Shape
	Class    int      `json:"class"`              // what the trial is about
	Fills    []string `json:"fills,omitempty"`    // hide it by each of these
	Controls int      `json:"controls,omitempty"` // and so many places like it
	Matter   []string `json:"matter,omitempty"`   // regions that those must spare
	Donors   []Donor  `json:"donors,omitempty"`   // or put in the same area of each of these
}

// Donor is a sample that an area is taken from.
type Donor struct {
	ID    int64  `json:"id"`
	Fill  string `json:"fill"`  // FillSwap or FillPaste
	Place int    `json:"place"` // 0: what is tried; 1: its control
	task.Image
	Where explain.Drawn `json:"where"`
}

// Result is what a worker found of a chunk.
type Result struct {
	Trials []trials.Trial `json:"trials"`
}
