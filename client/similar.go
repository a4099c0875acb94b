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

// NextQuery says what is to be labelled, and how it is chosen.
type NextQuery struct {
	Slice    string // the samples that can be chosen; "" for those without a label
	Strategy string // several with commas; "" for the default
	Count    int
	Seed     uint64
}

// Next tells which samples to label next, the first one first.
func (c *Client) Next(ctx context.Context, evaluation string, q NextQuery) (api.Next, error) {
	query := url.Values{"count": {strconv.Itoa(q.Count)}, "seed": {strconv.FormatUint(q.Seed, 10)}}
	if q.Strategy != "" {
		query.Set("strategy", q.Strategy)
	}
	return get[api.Next](ctx, c, path("evaluations", evaluation, "next")+selected(q.Slice, query), nil)
}
