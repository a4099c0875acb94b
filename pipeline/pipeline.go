package pipeline

import (
	"github.com/sightline/sightline/task"
)

// Kinds of job.
const (
	KindExplain = "explain"
	KindMeasure = "measure" // what stored maps say of regions
)

// Names of calls.
const (
	callExplain   = "explain"
	callTrust     = "trust"
	callRandomise = "randomise"
	callDraw      = "draw"
)

// Pipeline is the server half. Safe for concurrent use.
type Pipeline struct{ *task.Server }

// New registers the kinds of job with the server's manager. Call it before jobs are
// submitted or resumed.
func New(s *task.Server) *Pipeline {
	for _, k := range Plan(s) {
		k.Serve(s.Jobs)
	}
	return &Pipeline{s}
}
