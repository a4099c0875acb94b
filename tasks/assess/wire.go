package assess

import (
	"encoding/json"

	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
)

// Name is that of the kind; it has no jobs.
const Name = "assess"

// Names of the calls. Both are answered by task.Measured: progress, then the result.
const (
	CallTrust     = "trust"     // a TrustRequest, answered by trust.Trust
	CallRandomise = "randomise" // a RandomiseRequest, answered by trust.Randomisation
)

// TrustRequest asks for the trust in a map.
type TrustRequest struct {
	explain.Request
	Meta   json.RawMessage `json:"meta"`   // of the map
	Values []byte          `json:"values"` // little-endian float32
}

// RandomiseRequest asks how far a method's maps of some samples depend on what the model
// has learnt.
type RandomiseRequest struct {
	explain.MapRequest
	Items     []explain.Item `json:"items"`
	Baselines []task.Image   `json:"baselines,omitempty"`
}
