package attribution

import (
	"math"

	"github.com/sightline/sightline/imaging"
)

// Map is an attribution map: what each part of the image adds to the
// explained score. Values are raw and signed, in units of the score (logits),
// row by row from the top left; zero means no effect. A map with Channels holds a
// value per channel of the model's input; Summed is what a viewer shows of it.
type Map struct {
	Width       int
	Height      int
	Values      []float32
	Method      string
	Target      string           // as ParseTarget reads it
	TargetIndex int              // the class it meant
	MinusIndex  int              // the class subtracted in a contrast; -1 for none
	Score       float64          // the explained number on the untouched image
	Geometry    imaging.Geometry // from map cells to displayed pixels
	Evaluations int              // inputs the model was run on
	Correlation float64          // of two half-runs' maps (Spearman, uncorrected); 0 for methods that do not sample
	Converged   bool             // the stopping rule was met, or the method does not sample
	Seconds     float64
	Seed        uint64
	Layer       string  // the tensor a CAM looked at
	Steps       int     // gradients that the map is the mean of: steps along a path, or samples
	Gap         float64 // completeness, of methods that add up: |sum of values − d| ÷ |d|, d = Score − BaselineScore
	CellError   float64 // standard error of a value from the method's sampling, as a share of the largest: the mean over cells; 0 where it is not known
	SumError    float64 // standard error of the values' sum, as a share of it; 0 where it is not known
	Reason      string  // why this method was chosen, where the choice was left open
	Degenerate  string  // why the map must not be read; empty if it may be

	ClassAgnostic bool           // the map is the same for every target
	BaselineScore float64        // the explained number on what the image was compared with (its mean, if several)
	Channels      int            // above 0: Values keep that many channels in the order of Layout; Width×Height×Channels values
	Layout        imaging.Layout // the model's input layout, where Channels is above 0
}

// Summed is the map with its channels added up: one value per place. A map without
// channels is returned as it is.
func (m *Map) Summed() *Map {
	return m.Reduced(Sum)
}

// Reduced is the map with the channels of a place made one value. A map without
// channels is returned as it is.
func (m *Map) Reduced(how Reduction) *Map {
	if m.Channels == 0 {
		return m
	}
	flat := *m
	flat.Values = reduce(m.Values, m.Channels, m.Height*m.Width, m.Layout, how)
	flat.Channels, flat.Layout = 0, ""
	return &flat
}

// Peak is a place of a map.
type Peak struct {
	Column, Row int     // the cell
	X, Y        float64 // its centre, in displayed pixels
	Value       float32
}

// Hottest returns the cell with the highest value (the first of several, by
// rows), NaN aside. ok is false where the map has no finite value.
func (m *Map) Hottest() (p Peak, ok bool) {
	best := -1
	for i, v := range m.Values {
		if v == v && (best < 0 || v > m.Values[best]) {
			best = i
		}
	}
	if best < 0 {
		return Peak{}, false
	}
	p = Peak{Column: best % m.Width, Row: best / m.Width, Value: m.Values[best]}
	p.X, p.Y = m.Geometry.Apply(float64(p.Column)+0.5, float64(p.Row)+0.5)
	return p, true
}

// Range returns the smallest and the largest finite value; zeros for a map
// without any.
func (m *Map) Range() (low, high float32) {
	found := false
	for _, v := range m.Values {
		if !finite(float64(v)) {
			continue
		}
		if !found {
			low, high, found = v, v, true
		}
		low, high = min(low, v), max(high, v)
	}
	return low, high
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
