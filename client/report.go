package client

import (
	"context"
	"io"
	"net/url"
	"strconv"

	"github.com/sightline/sightline/server/api"
)

// DatasetHash names what a dataset is.
func (c *Client) DatasetHash(ctx context.Context, dataset string) (api.DatasetHash, error) {
	return get[api.DatasetHash](ctx, c, path("datasets", dataset, "hash"), nil)
}

// Thumbnail writes a small upright JPEG of a sample.
func (c *Client) Thumbnail(ctx context.Context, dataset string, sample int64, w io.Writer) error {
	_, err := c.download(ctx, path("datasets", dataset, "samples", strconv.FormatInt(sample, 10), "thumbnail"), nil, w)
	return err
}

// Histogram counts the right and wrong predictions of a slice by confidence.
func (c *Client) Histogram(ctx context.Context, evaluation, slice string, bins int) (api.Histogram, error) {
	return get[api.Histogram](ctx, c, path("evaluations", evaluation, "histogram")+selected(slice, url.Values{"bins": {strconv.Itoa(bins)}}), nil)
}

// Curve gives the precision-recall curve of a class over a slice, which may have no criterion
// but its split.
func (c *Client) Curve(ctx context.Context, evaluation string, class int, slice string) (api.Curve, error) {
	return get[api.Curve](ctx, c, path("evaluations", evaluation, "curve", strconv.Itoa(class))+selected(slice, nil), nil)
}

// ReportQuery says what a report is about, and what it shows.
type ReportQuery struct {
	Slice  string // the samples, "" for those of the headline
	All    bool   // "" is all samples
	Before string // the evaluation to compare with, "" for none
	Format string // html or markdown
	Images int    // images of each cell and finding at most; 0 for the default
	Size   int    // of the file in megabytes at most; 0 for the default
	Paths  bool   // tell where dataset and model lie on this machine
}

// Report writes a report of an evaluation: one file that needs nothing else.
func (c *Client) Report(ctx context.Context, evaluation string, q ReportQuery, w io.Writer) error {
	query := url.Values{"format": {q.Format}, "paths": {strconv.FormatBool(q.Paths)}, "all": {strconv.FormatBool(q.All)}}
	if q.Before != "" {
		query.Set("before", q.Before)
	}
	for name, n := range map[string]int{"images": q.Images, "size": q.Size} {
		if n != 0 {
			query.Set(name, strconv.Itoa(n))
		}
	}
	_, err := c.download(ctx, path("evaluations", evaluation, "report")+selected(q.Slice, query), nil, w)
	return err
}
