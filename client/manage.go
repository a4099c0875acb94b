package client

import (
	"context"
	"net/http"

	"github.com/sightline/sightline/server/api"
)

// DatasetRemoval tells what would go with a dataset.
func (c *Client) DatasetRemoval(ctx context.Context, name string) (api.Removal, error) {
	return get[api.Removal](ctx, c, path("datasets", name, "removal"), nil)
}

// ModelRemoval tells what would go with a model.
func (c *Client) ModelRemoval(ctx context.Context, name string) (api.Removal, error) {
	return get[api.Removal](ctx, c, path("models", name, "removal"), nil)
}

// EvaluationRemoval tells what would go with an evaluation.
func (c *Client) EvaluationRemoval(ctx context.Context, id string) (api.Removal, error) {
	return get[api.Removal](ctx, c, path("evaluations", id, "removal"), nil)
}

// RemoveDataset removes a dataset with its evaluations. Its images stay where they are.
func (c *Client) RemoveDataset(ctx context.Context, name string) (api.Removed, error) {
	return call[api.Removed](ctx, c, http.MethodDelete, path("datasets", name), nil, nil)
}

// RemoveModel removes a model with its evaluations. Its file stays where it is.
func (c *Client) RemoveModel(ctx context.Context, name string) (api.Removed, error) {
	return call[api.Removed](ctx, c, http.MethodDelete, path("models", name), nil, nil)
}

// RemoveEvaluation removes an evaluation with its maps.
func (c *Client) RemoveEvaluation(ctx context.Context, id string) (api.Removed, error) {
	return call[api.Removed](ctx, c, http.MethodDelete, path("evaluations", id), nil, nil)
}

// RenameDataset gives a dataset another name. The ids of its evaluations follow.
func (c *Client) RenameDataset(ctx context.Context, name, to string) (api.Dataset, error) {
	return call[api.Dataset](ctx, c, http.MethodPatch, path("datasets", name), nil, api.RenameRequest{Name: to})
}

// RenameModel gives a model another name. The ids of its evaluations follow.
func (c *Client) RenameModel(ctx context.Context, name, to string) (api.Model, error) {
	return call[api.Model](ctx, c, http.MethodPatch, path("models", name), nil, api.RenameRequest{Name: to})
}

// Datasets lists the datasets.
func (c *Client) Datasets(ctx context.Context) ([]api.Dataset, error) {
	return pages(ctx, c, path("datasets"), func(l api.DatasetList) ([]api.Dataset, string) { return l.Datasets, l.Next })
}
