package client

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/url"
	"strconv"
	"strings"

	"github.com/sightline/sightline/server/api"
)

// Status asks what the server is and what its workspace holds.
func (c *Client) Status(ctx context.Context) (api.Status, error) {
	return get[api.Status](ctx, c, path("status"), nil)
}

// Names lists the names of datasets, models and classes.
func (c *Client) Names(ctx context.Context) (api.Names, error) {
	return get[api.Names](ctx, c, path("names"), nil)
}

// Dataset describes one dataset.
func (c *Client) Dataset(ctx context.Context, name string) (api.Dataset, error) {
	return get[api.Dataset](ctx, c, path("datasets", name), nil)
}

// Problems lists what the import of a dataset found odd.
func (c *Client) Problems(ctx context.Context, dataset string) (api.Problems, error) {
	return get[api.Problems](ctx, c, path("datasets", dataset, "problems"), nil)
}

// Import starts the import of a dataset.
func (c *Client) Import(ctx context.Context, r api.ImportRequest) (api.Job, error) {
	return post[api.Job](ctx, c, path("datasets"), r)
}

// Fingerprint starts a job that makes the fingerprints which images of a dataset lack.
func (c *Client) Fingerprint(ctx context.Context, dataset string) (api.Job, error) {
	return post[api.Job](ctx, c, path("datasets", dataset, "fingerprints"), nil)
}

// Models lists the models, without the names of their classes.
func (c *Client) Models(ctx context.Context) ([]api.Model, error) {
	return pages(ctx, c, path("models"), func(l api.ModelList) ([]api.Model, string) { return l.Models, l.Next })
}

// Model describes one model.
func (c *Client) Model(ctx context.Context, name string) (api.Model, error) {
	return get[api.Model](ctx, c, path("models", name), nil)
}

// AddModel inspects a model file and adds it.
func (c *Client) AddModel(ctx context.Context, r api.ModelRequest) (api.Model, error) {
	return post[api.Model](ctx, c, path("models"), r)
}

// Evaluations lists the evaluations.
func (c *Client) Evaluations(ctx context.Context) ([]api.EvaluationSummary, error) {
	return pages(ctx, c, path("evaluations"), func(l api.EvaluationList) ([]api.EvaluationSummary, string) { return l.Evaluations, l.Next })
}

// Evaluate starts, or continues, an evaluation.
func (c *Client) Evaluate(ctx context.Context, r api.EvaluateRequest) (api.Job, error) {
	return post[api.Job](ctx, c, path("evaluations"), r)
}

// Evaluation gives the figures of a slice of an evaluation's samples: a text such
// as "split=test&threshold=0.5" (docs/slices.md), "" for all.
func (c *Client) Evaluation(ctx context.Context, id, slice string) (api.Evaluation, error) {
	return get[api.Evaluation](ctx, c, path("evaluations", id)+selected(slice, nil), nil)
}

// Figures gives every figure of a slice of an evaluation's samples.
func (c *Client) Figures(ctx context.Context, id, slice string) (api.Figures, error) {
	return get[api.Figures](ctx, c, path("evaluations", id, "figures")+selected(slice, nil), nil)
}

// Samples lists a page of the samples of a slice. Sort is one of confidence,
// -confidence, path and -loss, or "".
func (c *Client) Samples(ctx context.Context, evaluation, slice, sort string, offset, limit int) (api.SampleList, error) {
	page := url.Values{"offset": {strconv.Itoa(offset)}, "limit": {strconv.Itoa(limit)}}
	if sort != "" {
		page.Set("sort", sort)
	}
	return get[api.SampleList](ctx, c, path("evaluations", evaluation, "samples")+selected(slice, page), nil)
}

// Sample describes one sample, its scores and its regions.
func (c *Client) Sample(ctx context.Context, evaluation string, sample int64) (api.SampleDetail, error) {
	return get[api.SampleDetail](ctx, c, path("evaluations", evaluation, "samples", strconv.FormatInt(sample, 10)), nil)
}

// Confusions lists the fullest cells off the diagonal.
func (c *Client) Confusions(ctx context.Context, evaluation, slice string, limit int) ([]api.Confusion, error) {
	query := selected(slice, url.Values{"limit": {strconv.Itoa(limit)}})
	list, err := get[api.Confusions](ctx, c, path("evaluations", evaluation, "confusions")+query, nil)
	return list.Confusions, err
}

// Matrix gives the confusion matrix: one row per label, one column per class
// and a last one for no decision.
func (c *Client) Matrix(ctx context.Context, evaluation, slice string) (counts []uint32, rows, columns int, err error) {
	var b bytes.Buffer
	header, err := c.download(ctx, path("evaluations", evaluation, "matrix")+selected(slice, nil), nil, &b)
	if err != nil {
		return nil, 0, 0, err
	}
	rows, _ = strconv.Atoi(header.Get("X-Sightline-Rows"))
	columns, _ = strconv.Atoi(header.Get("X-Sightline-Columns"))
	if b.Len() != 4*rows*columns {
		return nil, 0, 0, fmt.Errorf("the matrix of %s came with %d bytes, %d×%d counts need %d", evaluation, b.Len(), rows, columns, 4*rows*columns)
	}
	counts = make([]uint32, rows*columns)
	for i := range counts {
		counts[i] = binary.LittleEndian.Uint32(b.Bytes()[4*i:])
	}
	return counts, rows, columns, nil
}

// Failures lists the samples that could not be predicted.
func (c *Client) Failures(ctx context.Context, evaluation string) ([]api.Failure, error) {
	list, err := get[api.FailureList](ctx, c, path("evaluations", evaluation, "failures"), nil)
	return list.Failures, err
}

// Predictions writes the predictions of an evaluation to w as csv, parquet or
// json.
func (c *Client) Predictions(ctx context.Context, evaluation, format string, w io.Writer) error {
	_, err := c.download(ctx, path("evaluations", evaluation, "predictions"), url.Values{"format": {format}}, w)
	return err
}

// Backup writes the workspace as it is now to w: a tar archive, of which package backup knows
// whether it is whole.
func (c *Client) Backup(ctx context.Context, w io.Writer) error {
	_, err := c.download(ctx, path("backup"), nil, w)
	return err
}

// Methods lists the saliency methods, and the colour maps that maps are drawn in.
func (c *Client) Methods(ctx context.Context) (api.MethodList, error) {
	return get[api.MethodList](ctx, c, path("methods"), nil)
}

// Explain starts the maps of many samples.
func (c *Client) Explain(ctx context.Context, r api.ExplainRequest) (api.Job, error) {
	return post[api.Job](ctx, c, path("explanations"), r)
}

// MapQuery says which map is wanted; the zero value is the default method's
// of the predicted class.
type MapQuery struct {
	Method, Target string
	Seed           uint64
	Options        map[string]string // settings of the method, by the names in Methods
}

// Map gives the attribution map of one sample, computing it if need be. The
// values are raw and signed, row by row.
func (c *Client) Map(ctx context.Context, evaluation string, sample int64, q MapQuery) (api.MapHeader, []float32, error) {
	var h api.MapHeader
	var b bytes.Buffer
	header, err := c.download(ctx, samplePath(evaluation, sample, "map"), q.values(), &b)
	if err != nil {
		return h, nil, err
	}
	if err := json.Unmarshal([]byte(header.Get("X-Sightline-Map")), &h); err != nil {
		return h, nil, fmt.Errorf("reading the header of the map of sample %d: %w", sample, err)
	}
	values, err := floats(b.Bytes(), h.Width*h.Height*max(1, h.Channels))
	return h, values, err
}

// values writes the query as parameters.
func (q MapQuery) values() url.Values {
	query := url.Values{}
	for name, value := range map[string]string{"method": q.Method, "target": q.Target, "seed": strconv.FormatUint(q.Seed, 10)} {
		if value != "" {
			query.Set(name, value)
		}
	}
	for name, value := range q.Options {
		query.Add("option", name+"="+value)
	}
	return query
}

func samplePath(evaluation string, sample int64, what string) string {
	return path("evaluations", evaluation, "samples", strconv.FormatInt(sample, 10), what)
}

// Trust tells how far a map can be relied on. What is not known yet takes a few hundred
// runs of the model. With stored, it is an error if that is not known already.
func (c *Client) Trust(ctx context.Context, evaluation string, sample int64, q MapQuery, stored bool) (api.Trust, error) {
	query := q.values()
	if stored {
		query.Set("stored", "true")
	}
	return get[api.Trust](ctx, c, samplePath(evaluation, sample, "trust"), query)
}

// StoredMaps lists the maps of a sample that were made before, of a target or, for
// "", of all.
func (c *Client) StoredMaps(ctx context.Context, evaluation string, sample int64, target string) ([]api.StoredMap, error) {
	list, err := get[api.StoredMapList](ctx, c, samplePath(evaluation, sample, "maps"), url.Values{"target": {target}})
	return list.Maps, err
}

// Unfit tells which methods cannot work on an evaluation's model, and why, by name.
func (c *Client) Unfit(ctx context.Context, evaluation string) (map[string]string, error) {
	found, err := get[api.UnfitMethods](ctx, c, path("evaluations", evaluation, "unfit"), nil)
	return found.Methods, err
}

// Automatic tells which method auto means for an evaluation's model.
func (c *Client) Automatic(ctx context.Context, evaluation string) (api.AutomaticMethod, error) {
	return get[api.AutomaticMethod](ctx, c, path("evaluations", evaluation, "automatic"), nil)
}

// Layers lists the tensors of an evaluation's model that a CAM can look at.
func (c *Client) Layers(ctx context.Context, evaluation string) (api.LayerList, error) {
	return get[api.LayerList](ctx, c, path("evaluations", evaluation, "layers"), nil)
}

func floats(b []byte, n int) ([]float32, error) {
	if len(b) != 4*n {
		return nil, fmt.Errorf("a map of %d values came with %d bytes", n, len(b))
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return values, nil
}

// Image writes the bytes of a sample's image, as a browser can show it.
func (c *Client) Image(ctx context.Context, dataset string, sample int64, w io.Writer) error {
	_, err := c.download(ctx, path("datasets", dataset, "samples", strconv.FormatInt(sample, 10), "image"), nil, w)
	return err
}

// selected is the query of a slice and other parameters. The slice is sent as it is,
// since its commas are signs of the language; what cannot stand in an address is
// encoded.
func selected(slice string, others url.Values) string {
	var b strings.Builder
	for _, part := range []string{slice, others.Encode()} {
		if part == "" {
			continue
		}
		b.WriteByte(map[bool]byte{true: '?', false: '&'}[b.Len() == 0])
		for i := range len(part) {
			if c := part[i]; c <= ' ' || c >= 0x7f || c == '#' {
				fmt.Fprintf(&b, "%%%02X", c)
			} else {
				b.WriteByte(c)
			}
		}
	}
	return b.String()
}

// Randomisation tells how far a method's maps depend on what an evaluation's model
// has learnt. What is not known yet takes about thirty maps. The target of q is not used.
// With stored, it is an error if that is not known already.
func (c *Client) Randomisation(ctx context.Context, evaluation string, q MapQuery, stored bool) (api.Randomisation, error) {
	query := q.values()
	query.Del("target")
	if stored {
		query.Set("stored", "true")
	}
	return get[api.Randomisation](ctx, c, path("evaluations", evaluation, "randomisation"), query)
}
