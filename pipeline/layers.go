package pipeline

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/attribution/cam"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/worker"
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
func (p *Pipeline) Layers(ctx context.Context, evaluation string) (*Layers, error) {
	known, err := p.Store.Results.Facts(ctx, evaluation, layersFact)
	if err != nil {
		return nil, err
	}
	found := new(Layers)
	if len(known) > 0 {
		return found, json.Unmarshal(known[0].Content, found)
	}
	ev, err := p.Store.Results.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	request := mapRequest{Spec: ev.Spec}
	answer, err := p.Jobs.CallOne(ctx, callLayers, task.JSON(request))
	if err != nil {
		return nil, fmt.Errorf("list the layers of the model of %s: %w", evaluation, err)
	}
	if err := json.Unmarshal(answer, found); err != nil {
		return nil, fmt.Errorf("list the layers of the model of %s: read the worker's answer: %w", evaluation, err)
	}
	return found, p.Store.Results.PutFact(ctx, evaluation, layersFact, answer)
}

// layers answers with the layers of a model.
func (w *processor) layers(ctx context.Context, payload []byte, reply func([]byte) error) error {
	_, s, release, err := worker.Opened[mapRequest](w.Worker, payload)
	if err != nil {
		return err
	}
	defer release()
	found, err := listLayers(ctx, s)
	if err != nil {
		return err
	}
	return reply(task.JSON(found))
}

func listLayers(ctx context.Context, s worker.Scorer) (*Layers, error) {
	found := &Layers{Layers: []Layer{}}
	list, automatic, err := cam.LayerChoices(ctx, s)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		found.Reason = err.Error()
	}
	for i, l := range list {
		found.Layers = append(found.Layers, Layer{l.Tensor, i + 1, l.Grid.Channels, l.Grid.Width, l.Grid.Height, i == automatic})
	}
	return found, nil
}
