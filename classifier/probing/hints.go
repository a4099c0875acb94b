package probing

import (
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
)

// Hints are what a model's graph says of the values that it takes.
type Hints classifier.InputHints

// allow says whether values of this range can be meant by the graph: most of its range is
// used, and little is cut off.
func (h Hints) allow(p imaging.Preprocessing) bool {
	if h.High <= h.Low {
		return true
	}
	low, high := bounds(p)
	shared := min(high, h.High) - max(low, h.Low)
	const least = 0.6
	return shared >= least*(h.High-h.Low) && shared >= least*(high-low)
}
