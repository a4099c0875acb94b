package pipeline

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/workspace"
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

// layersFinding is the name under which the workspace keeps them.
const layersFinding = "layers"

// Layers lists the tensors of an evaluation's model at which CAM methods can look.
// A worker finds them, once.
func (p *Pipeline) Layers(ctx context.Context, evaluation string) (*Layers, error) {
	known, err := p.ws.Findings(ctx, evaluation, layersFinding)
	if err != nil {
		return nil, err
	}
	found := new(Layers)
	if len(known) > 0 {
		return found, json.Unmarshal(known[0].Content, found)
	}
	request, err := p.anySample(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	answer, err := p.jobs.CallOne(ctx, callLayers, mustJSON(request))
	if err != nil {
		return nil, fmt.Errorf("list the layers of the model of %s: %w", evaluation, err)
	}
	if err := json.Unmarshal(answer, found); err != nil {
		return nil, fmt.Errorf("list the layers of the model of %s: read the worker's answer: %w", evaluation, err)
	}
	return found, p.ws.PutFinding(ctx, evaluation, layersFinding, answer)
}

// anySample is a request about the first sample that the model could predict: the
// automatic choice looks where gradients flow, which takes a picture.
func (p *Pipeline) anySample(ctx context.Context, evaluation string) (explainRequest, error) {
	if _, err := p.ws.Evaluation(ctx, evaluation); err != nil {
		return explainRequest{}, err
	}
	_, page, err := p.ws.Samples(ctx, workspace.Filter{Evaluation: evaluation}, workspace.ByPath, 0, 1)
	if err != nil {
		return explainRequest{}, err
	}
	if len(page) == 0 {
		return explainRequest{}, fmt.Errorf("a picture is needed to find the layers of the model, and %s has none that is evaluated yet: %w", evaluation, workspace.ErrNotFound)
	}
	return p.sampleRequest(ctx, evaluation, page[0].ID, MapOptions{})
}

// layers answers with the layers of a model.
func (w *processor) layers(ctx context.Context, payload []byte, reply func([]byte) error) error {
	var r explainRequest
	if err := json.Unmarshal(payload, &r); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	model, release, err := w.models.acquire(r.Spec)
	if err != nil {
		return &jobs.Coded{Code: CodeModel, Message: err.Error()}
	}
	defer release()
	s := w.scorer(model, atOnce)
	input, _, err := loadInput(s, r.Item.File)
	if err != nil {
		return err
	}
	found, err := listLayers(ctx, s, input)
	if err != nil {
		return err
	}
	return reply(mustJSON(found))
}

func listLayers(ctx context.Context, s scorer, input []float32) (*Layers, error) {
	found := &Layers{Layers: []Layer{}}
	list, err := attribution.Layers(s)
	if err == nil {
		var chosen attribution.Layer
		chosen, err = attribution.FindLayer(ctx, s, "")
		for i, l := range list {
			found.Layers = append(found.Layers, Layer{l.Tensor, i + 1, l.Grid.Channels, l.Grid.Width, l.Grid.Height, err == nil && l.Tensor == chosen.Tensor})
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		found.Reason = err.Error()
	}
	return found, nil
}
