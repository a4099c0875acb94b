package client

import (
	"context"
	"net/url"

	"github.com/sightline/sightline/server/api"
)

// Columns lists the columns that came with a dataset.
func (c *Client) Columns(ctx context.Context, dataset string) ([]api.Column, error) {
	list, err := get[api.ColumnList](ctx, c, path("datasets", dataset, "columns"), nil)
	return list.Columns, err
}

// GroupBy counts the samples of a slice by a column.
func (c *Client) GroupBy(ctx context.Context, evaluation, slice, column string) (api.Groups, error) {
	return get[api.Groups](ctx, c, path("evaluations", evaluation, "groups")+selected(slice, url.Values{"by": {column}}), nil)
}
