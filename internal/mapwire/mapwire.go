// Package mapwire is the one place where an attribution map becomes what travels and is
// stored of it, and back: an api.MapMeta, and the values beside it.
package mapwire

import (
	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/server/api"
)

// Meta is all of a map but its values.
func Meta(m *attribution.Map) api.MapMeta {
	return api.MapMeta{
		Width: m.Width, Height: m.Height, Method: m.Method, Target: m.Target, TargetIndex: m.TargetIndex, MinusIndex: m.MinusIndex,
		Score: m.Score, Geometry: api.Geometry(m.Geometry), Evaluations: m.Evaluations, Correlation: m.Correlation, Converged: m.Converged,
		Seconds: m.Seconds, Seed: m.Seed, Layer: m.Layer, Steps: m.Steps, Gap: m.Gap, CellError: m.CellError, SumError: m.SumError, Reason: m.Reason, Degenerate: m.Degenerate,
		ClassAgnostic: m.ClassAgnostic, BaselineScore: m.BaselineScore, Channels: m.Channels, Layout: string(m.Layout),
	}
}

// Map puts a map together again. values are its own from then on.
func Map(h api.MapMeta, values []float32) *attribution.Map {
	return &attribution.Map{
		Width: h.Width, Height: h.Height, Values: values, Method: h.Method, Target: h.Target, TargetIndex: h.TargetIndex, MinusIndex: h.MinusIndex,
		Score: h.Score, Geometry: imaging.Geometry(h.Geometry), Evaluations: h.Evaluations, Correlation: h.Correlation, Converged: h.Converged,
		Seconds: h.Seconds, Seed: h.Seed, Layer: h.Layer, Steps: h.Steps, Gap: h.Gap, CellError: h.CellError, SumError: h.SumError, Reason: h.Reason, Degenerate: h.Degenerate,
		ClassAgnostic: h.ClassAgnostic, BaselineScore: h.BaselineScore, Channels: h.Channels, Layout: imaging.Layout(h.Layout),
	}
}
