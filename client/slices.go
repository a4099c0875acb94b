package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/sightline/sightline/server/api"
)

// Slices lists the saved slices of a dataset.
func (c *Client) Slices(ctx context.Context, dataset string) ([]api.SavedSlice, error) {
	list, err := get[api.SavedSliceList](ctx, c, path("datasets", dataset, "slices"), nil)
	return list.Slices, err
}

// SlicesOf lists the saved slices of an evaluation's dataset, with how many samples each selects now.
func (c *Client) SlicesOf(ctx context.Context, evaluation string) ([]api.SavedSlice, error) {
	list, err := get[api.SavedSliceList](ctx, c, path("evaluations", evaluation, "slices"), nil)
	return list.Slices, err
}

// SaveSlice gives a slice of an evaluation a name.
func (c *Client) SaveSlice(ctx context.Context, evaluation string, r api.SaveSliceRequest) (api.SavedSlice, error) {
	return post[api.SavedSlice](ctx, c, path("evaluations", evaluation, "slices"), r)
}

// RenameSlice gives a saved slice another name.
func (c *Client) RenameSlice(ctx context.Context, dataset, name, to string) error {
	_, err := call[api.SavedSliceList](ctx, c, http.MethodPatch, path("datasets", dataset, "slices", name), nil, api.RenameRequest{Name: to})
	return err
}

// RemoveSlice forgets a saved slice; its samples stay.
func (c *Client) RemoveSlice(ctx context.Context, dataset, name string) error {
	_, err := call[api.SavedSliceList](ctx, c, http.MethodDelete, path("datasets", dataset, "slices", name), nil, nil)
	return err
}

// Sides compares slices, as texts, with the whole that they are in.
func (c *Client) Sides(ctx context.Context, evaluation, whole string, of []string) (api.Sides, error) {
	return get[api.Sides](ctx, c, path("evaluations", evaluation, "sides")+selected(whole, url.Values{"of": of}), nil)
}
