package client

import (
	"context"
	"net/url"
	"strconv"

	"github.com/sightline/sightline/server/api"
)

// Similar lists the samples of a slice whose embeddings are most like that of one, right and wrong
// ones, at most limit of each.
func (c *Client) Similar(ctx context.Context, evaluation string, sample int64, slice string, limit int) (api.Similar, error) {
	query := selected(slice, url.Values{"limit": {strconv.Itoa(limit)}})
	return get[api.Similar](ctx, c, samplePath(evaluation, sample, "similar")+query, nil)
}
