package probe

import (
	"encoding/json"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/stats"
	"github.com/sightline/sightline/task"
)

// Name is that of the kind; it has no jobs.
const Name = "probe"

// Call is the name of the call: a Request, answered by task.Measured: progress, then a Found.
const Call = "probe"

// Request asks how a model's images were prepared.
type Request struct {
	Spec  json.RawMessage `json:"spec"`
	Items []Item          `json:"items"` // any first part of them is a fair choice
	// Labels are all those of the dataset.
	Labels []string `json:"labels"`
}

// ModelSpec is the specification of the model that the call is about.
func (r Request) ModelSpec() json.RawMessage { return r.Spec }

// Item is a labelled sample.
type Item struct {
	task.Image
	Label string `json:"label"`
}

// Found is what a worker found.
type Found struct {
	Clear      bool           `json:"clear"` // see probing.Result
	Guessing   bool           `json:"guessing"`
	Undecided  string         `json:"undecided"` // "size and crop", "filter" or ""
	Rival      string         `json:"rival"`     // what could not be told from the choice, "" if nothing
	Samples    int            `json:"samples"`   // looked at
	LeftOut    int            `json:"left_out"`
	Runs       int            `json:"runs"` // of the model
	Seconds    float64        `json:"seconds"`
	Hints      []string       `json:"hints"` // what the graph says, sentences
	Chosen     Candidate      `json:"chosen"`
	Present    Candidate      `json:"present"` // the settings that the model has
	Gain       stats.Estimate `json:"gain"`    // log loss of the present settings minus that of the chosen ones
	Order      string         `json:"order"`   // of the class names
	Names      []string       `json:"names"`   // in that order; none: as the model has them
	Candidates []Candidate    `json:"candidates"`
}

// Candidate is a way to prepare images, as it was tried.
type Candidate struct {
	Stage         string                `json:"stage"`
	Name          string                `json:"name"`
	Preprocessing imaging.Preprocessing `json:"preprocessing"`
	Samples       int                   `json:"samples"`
	LogLoss       float64               `json:"log_loss"`
	Accuracy      float64               `json:"accuracy"`
	Difference    stats.Estimate        `json:"difference"` // its log loss minus that of the stage's choice
	Chosen        bool                  `json:"chosen"`
	Present       bool                  `json:"present"`
}
