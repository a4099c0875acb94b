package wire

import (
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
)

// Sample is a sample as it travels; under the threshold it has no decision.
func Sample(it results.Item, threshold float64) api.Sample {
	s := api.Sample{
		ID: it.ID, Path: it.Path, Label: it.Label, LabelName: it.LabelName, Predicted: it.Predicted, Confidence: float64(it.Confidence),
		Split: it.Split, Width: it.Width, Height: it.Height,
	}
	if s.Confidence < threshold {
		s.Predicted = results.NoDecision
	}
	if it.TruthScore != nil {
		score := float64(*it.TruthScore)
		s.TruthScore = &score
	}
	return s
}
