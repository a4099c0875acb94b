package inspect

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/task"
)

// Layer is a tensor inside a model at which CAM methods can look.
type Layer struct {
	Tensor    string `json:"tensor"`
	Number    int    `json:"number"` // counted from the last one, 1
	Channels  int    `json:"channels"`
	Width     int    `json:"width"` // cells of a map made of it
	Height    int    `json:"height"`
	Automatic bool   `json:"automatic"` // what a method looks at unless told otherwise
}

// Layers are those of an evaluation's model.
type Layers struct {
	Layers []Layer `json:"layers"` // from the last to the first
	Reason string  `json:"reason"` // why there are none, else ""
}

// layersFact is the name under which the workspace keeps them.
const layersFact = "layers"

// Layers lists the tensors of an evaluation's model at which CAM methods can look.
// A worker finds them, once.
func (s Service) Layers(ctx context.Context, evaluation string) (*Layers, error) {
	known, err := s.Store.Results.Facts(ctx, evaluation, layersFact)
	if err != nil {
		return nil, err
	}
	found := new(Layers)
	if len(known) > 0 {
		return found, json.Unmarshal(known[0].Content, found)
	}
	ev, err := s.Store.Results.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	request := LayersRequest{Spec: ev.Spec}
	answer, err := s.Jobs.CallOne(ctx, CallLayers, task.JSON(request))
	if err != nil {
		return nil, fmt.Errorf("list the layers of the model of %s: %w", evaluation, err)
	}
	if err := json.Unmarshal(answer, found); err != nil {
		return nil, fmt.Errorf("list the layers of the model of %s: read the worker's answer: %w", evaluation, err)
	}
	return found, s.Store.Results.PutFact(ctx, evaluation, layersFact, answer)
}
