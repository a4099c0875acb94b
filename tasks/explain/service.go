package explain

import (
	"github.com/sightline/sightline/task"
)

// Kinds of job.
const (
	Name        = "explain"
	MeasureName = "measure" // what stored maps say of regions
)

// Names of calls.
const (
	CallExplain   = "explain"
	CallTrust     = "trust"
	CallRandomise = "randomise"
	CallDraw      = "draw"
)

// Service is the server's door to maps. Safe for concurrent use.
type Service struct{ *task.Server }

// Kind is the server half of making maps.
func Kind(s *task.Server) task.Kind { return task.Kind{Name: Name, Planner: &explainer{s}} }

// MeasureKind is the server half of measuring stored maps.
func MeasureKind(s *task.Server) task.Kind {
	return task.Kind{Name: MeasureName, Planner: &measurer{s}}
}
