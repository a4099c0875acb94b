package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"github.com/sightline/sightline/server/api"
)

// DrawnMap is a map as files. Of one that cannot be had the header is empty, and Err says
// why.
type DrawnMap struct {
	Sample int64
	Asked  MapQuery // whose map it is; in place of auto the method that was chosen
	api.MapHeader
	NPY   []byte        // a NumPy array: float32, raw and signed, at the method's own resolution
	PNG   []byte        // the map over the image as displayed; nil for a map that means nothing
	Trust *api.MapTrust // nil where the map was not assessed
	Err   error
}

// Drawn gives the maps of up to a thousand samples to each, sample by sample, computing those
// that are not stored, until each returns an error. The bytes are each's own.
func (c *Client) Drawn(ctx context.Context, evaluation string, r api.DrawnRequest, each func(DrawnMap) error) error {
	res, err := c.send(ctx, http.MethodPost, path("evaluations", evaluation, "drawn"), nil, r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return readDrawn(res, r.Seed, each)
}

// readDrawn reads the parts of an answer: a map's PNG follows its array.
func readDrawn(res *http.Response, seed uint64, each func(DrawnMap) error) error {
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
			last.Asked.Seed, last.Asked.Options = seed, last.Options
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
	content, err := readPart(part)
	if err != nil {
		return nil, err
	}
	if last != nil {
		last.PNG = content
		return last, nil
	}
	next := &DrawnMap{}
	next.Asked.Method, next.Asked.Target, _ = strings.Cut(part.Header.Get("X-Sightline-Asked"), " ")
	if next.Sample, err = strconv.ParseInt(part.Header.Get("X-Sightline-Sample"), 10, 64); err != nil {
		return nil, fmt.Errorf("the sample of a map: %w", err)
	}
	if err := json.Unmarshal([]byte(part.Header.Get("X-Sightline-Map")), &next.MapHeader); err != nil {
		return nil, fmt.Errorf("a map's description: %w", err)
	}
	if trust := part.Header.Get("X-Sightline-Trust"); trust != "" {
		if err := json.Unmarshal([]byte(trust), &next.Trust); err != nil {
			return nil, fmt.Errorf("a map's trust: %w", err)
		}
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

// readPart reads a part's content, at once into as many bytes as it has if it says so.
func readPart(part *multipart.Part) ([]byte, error) {
	length, err := strconv.Atoi(part.Header.Get("Content-Length"))
	if err != nil || length < 0 || length > mostTold {
		return io.ReadAll(part)
	}
	content := make([]byte, length)
	if _, err := io.ReadFull(part, content); err != nil {
		return nil, err
	}
	rest, err := io.ReadAll(part)
	return append(content, rest...), err
}

// mostTold is the length of a part above which it is not believed before its bytes come.
const mostTold = 64 << 20
