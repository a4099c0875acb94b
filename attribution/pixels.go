package attribution

import (
	"fmt"
	"math"

	"github.com/sightline/sightline/imaging"
)

// Reduction is how the channels of a place become one value.
type Reduction string

// The reductions.
const (
	Sum            Reduction = "sum"    // with signs: what the place adds
	LargestChannel Reduction = "absmax" // the largest absolute value of a channel, never negative
)

// Pixels are the options of methods that give a value to every value of the
// model's input.
type Pixels struct {
	Reduce   Reduction // "" means Sum
	Channels bool      // keep the channels instead, in the model's own layout
}

// PixelOptions describe Pixels.
func PixelOptions() []Option {
	return []Option{
		{"reduce", "sum", "what a place shows of its channels: sum (signed), or absmax (largest absolute value)"},
		{"channels", "sum", "keep: a value per channel, in the model's own input layout; sum: one per place"},
	}
}

// Set reads one of PixelOptions; ok is false for another option.
func (p *Pixels) Set(option, value string) (ok bool, err error) {
	switch option {
	case "reduce":
		p.Reduce = Reduction(value)
		if p.Reduce != Sum && p.Reduce != LargestChannel {
			err = fmt.Errorf("must be sum or absmax")
		}
	case "channels":
		p.Channels = value == "keep"
		if value != "keep" && value != "sum" {
			err = fmt.Errorf("must be sum or keep")
		}
	default:
		return false, nil
	}
	return true, err
}

// NewPixelMap is a finished map of values of the input's shape. change is how far
// a value of the input can move, so that values × change are units of the score; 1
// for values that are such units already.
func (r Request) NewPixelMap(method string, t Target, score float64, s Scorer, p Pixels, values []float32, change float64) *Map {
	channels, height, width, layout := s.Shape()
	m := r.undiagnosed(method, t, score, width, height, values)
	zero := Rounding * math.Max(1, math.Abs(score)) / (math.Max(change, 1e-30) * float64(len(values)))
	if m.Degenerate = diagnose(values, zero); m.Degenerate == zeroNote {
		m.Degenerate = "zero: this method gives no pixel more than rounding; the score may be flat here, and hiding places (occlusion) may still move it"
	}
	if p.Channels {
		m.Channels, m.Layout = channels, layout
		return m
	}
	m.Values = reduce(values, channels, height*width, layout, p.Reduce)
	if m.Degenerate == "" { // channels may differ and their sums not
		m.Degenerate = diagnose(m.Values, zero)
	}
	if m.Degenerate == zeroNote {
		m.Degenerate = "zero: pixels move the score, but what the channels of each say cancels out in their sum; set the option reduce to absmax or channels to keep, or take occlusion"
	}
	return m
}

// reduce turns values of the input's shape into one per place.
func reduce(values []float32, channels, places int, layout imaging.Layout, how Reduction) []float32 {
	out := make([]float32, places)
	stepPlace, stepChannel := 1, places
	if layout == imaging.NHWC {
		stepPlace, stepChannel = channels, 1
	}
	for i := range out {
		sum, largest := 0.0, 0.0
		for c := range channels {
			v := float64(values[i*stepPlace+c*stepChannel])
			sum += v
			if size := math.Abs(v); size > largest || v != v {
				largest = size
			}
		}
		if out[i] = float32(sum); how == LargestChannel {
			out[i] = float32(largest)
		}
	}
	return out
}
