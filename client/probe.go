package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/sightline/sightline/server/api"
)

// Probe finds out by measuring how a model's images were prepared, on labelled samples of a dataset.
// It takes seconds to a minute. progress may be nil.
func (c *Client) Probe(ctx context.Context, dataset, model string, progress func(api.MeasureProgress)) (api.Probe, error) {
	var found *api.Probe
	res, err := c.send(ctx, http.MethodGet, path("datasets", dataset, "probe", model, "events"), nil, nil)
	if err != nil {
		return api.Probe{}, err
	}
	defer res.Body.Close()
	err = ReadEvents(res.Body, func(event string, data []byte) error {
		switch event {
		case "progress":
			var p api.MeasureProgress
			err := json.Unmarshal(data, &p)
			if err == nil && progress != nil {
				progress(p)
			}
			return err
		case "error":
			var failed api.StreamError
			if err := json.Unmarshal(data, &failed); err != nil {
				return err
			}
			return &Error{Status: failed.Status, Detail: failed.Detail}
		case "done":
			found = new(api.Probe)
			return json.Unmarshal(data, found)
		}
		return nil
	})
	switch {
	case ctx.Err() != nil:
		return api.Probe{}, ctx.Err()
	case err != nil:
		var refused *Error
		if errors.As(err, &refused) {
			return api.Probe{}, err
		}
		return api.Probe{}, fmt.Errorf("reading what a probe found: %w", err)
	case found == nil:
		return api.Probe{}, errors.New("the server ended before the probe was done: run the command again")
	}
	return *found, nil
}

// AddVariant adds a model once more under another name, with settings found by measuring.
func (c *Client) AddVariant(ctx context.Context, model string, r api.VariantRequest) (api.Model, error) {
	return post[api.Model](ctx, c, path("models", model, "variants"), r)
}

// EvaluationProbe tells how an evaluation's images were prepared, and what was measured of that.
func (c *Client) EvaluationProbe(ctx context.Context, evaluation string) (api.EvaluationProbe, error) {
	return get[api.EvaluationProbe](ctx, c, path("evaluations", evaluation, "probe"), nil)
}
