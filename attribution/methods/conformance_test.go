package methods

import (
	"testing"

	"github.com/sightline/sightline/attribution/methodtest"
)

// TestMethods runs the conformance suite on every method, and on options that change
// how a method works.
func TestMethods(t *testing.T) {
	methodtest.Suite{
		Methods: All(),
		Settings: []methodtest.Setting{
			{Method: "occlusion", Options: map[string]string{"grid": "6"}},
			{Method: "rise", Options: map[string]string{"limit": "256", "correlation": "2"}},
			{Method: "rise", Options: map[string]string{"limit": "300", "correlation": "0.5"}},
			{Method: "rise", Options: map[string]string{"limit": "200", "scaling": "published"}},
			{Method: "rise", Options: map[string]string{"limit": "300", "correlation": "2", "masks": "structured"}},
			{Method: "factorial", Options: map[string]string{"grid": "5", "runs": "200"}},
			{Method: "factorial", Options: map[string]string{"edges": "hard", "design": "random"}},
			{Method: "kernelshap", Options: map[string]string{"grid": "5", "samples": "300"}},
			{Method: "gradient", Options: map[string]string{"channels": "keep"}},
			{Method: "ig", Options: map[string]string{"steps": "5", "reduce": "absmax"}},
			{Method: "gradcam", Options: map[string]string{"layer": "2"}},
			{Method: "lrp", Options: map[string]string{"composite": "epsilon-plus-flat"}},
			{Method: "lrp", Options: map[string]string{"composite": "epsilon-plus"}},
			{Method: "lrp", Options: map[string]string{"composite": "alpha2-beta1"}},
			{Method: "lrp", Options: map[string]string{"composite": "alpha2-beta1-flat"}},
			{Method: "lrp", Options: map[string]string{"composite": "zplus"}},
			{Method: "lrp", Options: map[string]string{"composite": "epsilon"}},
			{Method: "guided", Options: map[string]string{"rule": "deconvnet"}},
		},
	}.Run(t)
}
