package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/sightline/sightline/server/api"
)

// ShareQuery says which stored maps are asked for what they say of regions.
type ShareQuery struct {
	Slice, Sort      string // the samples
	Methods, Targets []string
	Seed             uint64
	Options          map[string]string // NAME for all methods that have it, METHOD.NAME for one
	Limit            int               // maps of at most so many samples; 0 means all
	Trust            bool              // leave red maps out, where trust in them is known
}

// address is a path with the query.
func (q ShareQuery) address(path string) string {
	query := q.maps()
	if q.Sort != "" {
		query.Set("sort", q.Sort)
	}
	query.Set("limit", strconv.Itoa(q.Limit))
	query.Set("verdicts", strconv.FormatBool(q.Trust))
	return path + selected(q.Slice, query)
}

// maps are the parameters that say how maps are made.
func (q ShareQuery) maps() url.Values {
	query := url.Values{"method": q.Methods, "target": q.Targets, "seed": {strconv.FormatUint(q.Seed, 10)}}
	for name, value := range q.Options {
		query.Add("option", name+"="+value)
	}
	return query
}

// Shares tells what stored maps say of regions, and of how many that is not known.
func (c *Client) Shares(ctx context.Context, evaluation string, q ShareQuery) (api.ShareList, error) {
	return get[api.ShareList](ctx, c, q.address(path("evaluations", evaluation, "shares")), nil)
}

// MeasureShares starts a job that finds what stored maps say of regions where that is
// not known. No model runs.
func (c *Client) MeasureShares(ctx context.Context, evaluation string, q ShareQuery) (api.Job, error) {
	return call[api.Job](ctx, c, http.MethodPost, q.address(path("evaluations", evaluation, "shares")), nil, nil)
}

// ShareTable writes what each stored map says of each region as a Parquet file.
func (c *Client) ShareTable(ctx context.Context, evaluation string, q ShareQuery, w io.Writer) error {
	_, err := c.download(ctx, q.address(path("evaluations", evaluation, "shares", "table")), nil, w)
	return err
}

// Comparison puts an evaluation beside an earlier one, over the images that both have;
// the query says which, and which stored maps are compared: red ones are left out.
func (c *Client) Comparison(ctx context.Context, evaluation, before string, q ShareQuery) (api.Comparison, error) {
	query := q.maps()
	query.Set("before", before)
	return get[api.Comparison](ctx, c, path("evaluations", evaluation, "comparison")+selected(q.Slice, query), nil)
}

// Look tells what each class looks at: by is label, predicted or cell. The query has one
// method and one target.
func (c *Client) Look(ctx context.Context, evaluation, by string, q ShareQuery) (api.Look, error) {
	query := q.maps()
	query.Set("by", by)
	return get[api.Look](ctx, c, path("evaluations", evaluation, "look")+selected(q.Slice, query), nil)
}

// HidingAgreements tells which methods' maps rank the parts of an image as hiding them does.
func (c *Client) HidingAgreements(ctx context.Context, evaluation string) (api.HidingAgreements, error) {
	return get[api.HidingAgreements](ctx, c, path("evaluations", evaluation, "hiding"), nil)
}

// MeanMap tells what stored maps have in common: by is all, label, predicted or cell; region
// "" is the whole image. The query has one method and one target.
func (c *Client) MeanMap(ctx context.Context, evaluation, by, region string, q ShareQuery) (api.MeanMaps, error) {
	query := q.maps()
	query.Set("by", by)
	if region != "" {
		query.Set("region", region)
	}
	return get[api.MeanMaps](ctx, c, path("evaluations", evaluation, "meanmap")+selected(q.Slice, query), nil)
}

// Reasons tells how many images are right for another reason than before: twin "" measures chance
// by changed images. The query has one method and one target.
func (c *Client) Reasons(ctx context.Context, evaluation, before, twin string, q ShareQuery) (api.Reasons, error) {
	query := q.maps()
	query.Set("before", before)
	if twin != "" {
		query.Set("twin", twin)
	}
	return get[api.Reasons](ctx, c, path("evaluations", evaluation, "reasons")+selected(q.Slice, query), nil)
}

// MeasureChance starts, or goes on with, a job that finds how far an evaluation's maps of one method
// and target move by chance; nil where that is known.
func (c *Client) MeasureChance(ctx context.Context, evaluation string, q ShareQuery) (*api.Job, error) {
	found, err := call[api.ReasonsJob](ctx, c, http.MethodPost, path("evaluations", evaluation, "reasons")+selected("", q.maps()), nil, nil)
	return found.Job, err
}
