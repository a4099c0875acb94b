package probing

import (
	"slices"

	"github.com/sightline/sightline/imaging"
)

// values say how the numbers 0..255 become a model's.
type values struct {
	name         string
	kind         string // values of one kind differ so little that a test may not tell them apart
	scaled       bool   // to 0..1 first
	mean, std    []float64
	colour, grey bool // the inputs for which they are usual
	flipped      bool // the usual order of channels is blue, green, red
}

// The usual values. Those with a mean and a deviation of 0.5 are −1..1.
var (
	plainValues    = values{name: "0..1", kind: "0..1", scaled: true, colour: true, grey: true}
	unitValues     = values{name: "−1..1", kind: "−1..1", scaled: true, mean: []float64{0.5, 0.5, 0.5}, std: []float64{0.5, 0.5, 0.5}, colour: true, grey: true}
	rawValues      = values{name: "0..255", kind: "0..255", colour: true, grey: true}
	imagenetValues = values{name: "ImageNet's mean and deviation", kind: standardised, scaled: true, mean: []float64{0.485, 0.456, 0.406}, std: []float64{0.229, 0.224, 0.225}, colour: true}
	clipValues     = values{name: "CLIP's mean and deviation", kind: standardised, scaled: true, mean: []float64{0.48145466, 0.4578275, 0.40821073}, std: []float64{0.26862954, 0.26130258, 0.27577711}, colour: true}
	cifarValues    = values{name: "CIFAR's mean and deviation", kind: standardised, scaled: true, mean: []float64{0.4914, 0.4822, 0.4465}, std: []float64{0.2023, 0.1994, 0.2010}, colour: true}
	mnistValues    = values{name: "MNIST's mean and deviation", kind: "MNIST", scaled: true, mean: []float64{0.1307}, std: []float64{0.3081}, grey: true}
	caffeValues    = values{name: "0..255 minus Caffe's mean", kind: "Caffe", mean: []float64{123.68, 116.779, 103.939}, std: []float64{1, 1, 1}, colour: true, flipped: true}
)

const standardised = "mean and deviation"

// smallInput is the side up to which inputs are of CIFAR's kind rather than of ImageNet's.
const smallInput = 64

// valuesFor lists the values that are usual for an input, the likeliest first: what stands
// where a test cannot tell.
func valuesFor(p *Problem) []values {
	list := []values{imagenetValues, plainValues, unitValues, rawValues, caffeValues, cifarValues, clipValues}
	switch {
	case p.Bytes:
		list = []values{rawValues}
	case p.Channels == 1:
		list = []values{plainValues, unitValues, rawValues, mnistValues}
	case min(p.Width, p.Height) <= smallInput:
		list = []values{cifarValues, plainValues, unitValues, rawValues, imagenetValues, clipValues, caffeValues}
	case p.Hints.TensorFlow:
		list = []values{unitValues, plainValues, rawValues, caffeValues, imagenetValues, clipValues, cifarValues}
	}
	return list
}

// on returns p with these values.
func (v values) on(p imaging.Preprocessing) imaging.Preprocessing {
	p.DoRescale, p.RescaleFactor, p.RescaleOffset = v.scaled, 1, false
	if v.scaled {
		p.RescaleFactor = 1.0 / 255
	}
	p.DoNormalize = v.mean != nil
	p.ImageMean, p.ImageStd = slices.Clone(v.mean), slices.Clone(v.std)
	return p
}

// bounds are about the least and the largest value that an image has with these settings.
func bounds(p imaging.Preprocessing) (low, high float64) {
	low, high = 0, 255
	if p.DoRescale {
		high *= p.RescaleFactor
	}
	if p.DoRescale && p.RescaleOffset {
		low, high = low-1, high-1
	}
	if !p.DoNormalize {
		return low, high
	}
	from, to := low, high
	for i, mean := range p.ImageMean {
		std := p.ImageStd[min(i, len(p.ImageStd)-1)]
		a, b := (from-mean)/std, (to-mean)/std
		if i == 0 {
			low, high = a, b
		}
		low, high = min(low, a, b), max(high, a, b)
	}
	return low, high
}

// tryValues lists the candidates of the values at a geometry. Those that the graph rules out are
// left away, unless it rules out all.
func tryValues(p *Problem, geometry imaging.Preprocessing) (list []option) {
	for _, v := range valuesFor(p) {
		for _, flip := range []bool{v.flipped, !v.flipped} {
			if flip && p.Channels == 1 {
				continue
			}
			prepared := v.on(geometry)
			prepared.DoFlipChannelOrder = flip
			name, kind := v.name, v.kind
			if p.Channels == 3 {
				name += map[bool]string{true: ", BGR", false: ", RGB"}[flip]
				kind += map[bool]string{true: ", BGR", false: ", RGB"}[flip]
			}
			list = append(list, option{values: name, kind: kind, prepared: prepared})
		}
	}
	meant := slices.DeleteFunc(slices.Clone(list), func(o option) bool { return !p.Hints.allow(o.prepared) })
	if len(meant) > 0 {
		return meant
	}
	return list
}
