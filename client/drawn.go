package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/sightline/sightline/server/api"
)

// DrawnQuery asks for maps of a sample: every method with every target.
type DrawnQuery struct {
	Methods, Targets []string
	Seed             uint64
	Options          map[string]string // NAME of all methods that have it, or METHOD.NAME
	Colours          string            // name of a colour map; "" for the map's own choice
}

// DrawnMap is a map as files. Of one that cannot be had the header is empty, and Err says
// why.
type DrawnMap struct {
	Asked MapQuery // whose map it is; in place of auto the method that was chosen
	api.MapHeader
	NPY []byte // a NumPy array: float32, raw and signed, at the method's own resolution
	PNG []byte // the map over the image as displayed; nil for a map that means nothing
	Err error
}

// Drawn gives each map of a sample to each, computing it if need be, until each returns
// an error.
func (c *Client) Drawn(ctx context.Context, evaluation string, sample int64, q DrawnQuery, each func(DrawnMap) error) error {
	res, err := c.send(ctx, http.MethodGet, samplePath(evaluation, sample, "drawn"), q.values(), nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return q.read(res, each)
}

func (q DrawnQuery) values() url.Values {
	query := url.Values{"method": q.Methods, "target": q.Targets, "seed": {strconv.FormatUint(q.Seed, 10)}}
	if q.Colours != "" {
		query.Set("colours", q.Colours)
	}
	for name, value := range q.Options {
		query.Add("option", name+"="+value)
	}
	return query
}

// read reads the parts of an answer: a map's PNG follows its array.
func (q DrawnQuery) read(res *http.Response, each func(DrawnMap) error) error {
	_, parameters, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("reading drawn maps: %w", err)
	}
	parts := multipart.NewReader(res.Body, parameters["boundary"])
	var last *DrawnMap
	for {
		part, err := parts.NextRawPart()
		if err != nil && err != io.EOF { // ErrUnexpectedEOF: it is cut off
			return fmt.Errorf("reading drawn maps: %w", err)
		}
		ended := err != nil
		if last != nil && (ended || part.Header.Get("Content-Type") != "image/png") {
			last.Asked.Seed, last.Asked.Options = q.Seed, last.Options
			if err := each(*last); err != nil {
				return err
			}
			last = nil
		}
		if ended {
			return nil
		}
		if last, err = addPart(last, part); err != nil {
			return fmt.Errorf("reading drawn maps: %w", err)
		}
	}
}

// addPart adds a PNG to its map, or begins the next map.
func addPart(last *DrawnMap, part *multipart.Part) (*DrawnMap, error) {
	content, err := io.ReadAll(part)
	if err != nil {
		return nil, err
	}
	if last != nil {
		last.PNG = content
		return last, nil
	}
	next := &DrawnMap{}
	next.Asked.Method, next.Asked.Target, _ = strings.Cut(part.Header.Get("X-Sightline-Asked"), " ")
	if err := json.Unmarshal([]byte(part.Header.Get("X-Sightline-Map")), &next.MapHeader); err != nil {
		return nil, fmt.Errorf("a map's description: %w", err)
	}
	if part.Header.Get("Content-Type") != "application/problem+json" {
		next.NPY = content
		return next, nil
	}
	var failed api.StreamError
	if err := json.Unmarshal(content, &failed); err != nil {
		return nil, err
	}
	next.Err = &Error{Status: failed.Status, Detail: failed.Detail}
	return next, nil
}
