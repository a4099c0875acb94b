package client

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"

	"github.com/sightline/sightline/server/api"
)

// ExportQuery says how samples are exported.
type ExportQuery struct {
	Slice  string // which, as a text; "" for all
	Format string
	Raw    bool
	Scores bool
}

// Exported counts what an export holds.
type Exported struct {
	Samples int
	LeftOut int // whose image is gone
}

// Export gives the files of an export to each, one after the other, with names relative to a
// folder. It is an error if the export is not whole; each has had some of its files then.
func (c *Client) Export(ctx context.Context, evaluation string, q ExportQuery, each func(name string, content io.Reader) error) (Exported, error) {
	query := url.Values{"format": {q.Format}}
	for name, set := range map[string]bool{"raw": q.Raw, "scores": q.Scores} {
		if set {
			query.Set(name, "true")
		}
	}
	res, err := c.send(ctx, http.MethodGet, path("evaluations", evaluation, "export")+selected(q.Slice, query), nil, nil)
	if err != nil {
		return Exported{}, err
	}
	defer res.Body.Close()
	var out Exported
	out.Samples, _ = strconv.Atoi(res.Header.Get("X-Sightline-Samples"))
	out.LeftOut, _ = strconv.Atoi(res.Header.Get("X-Sightline-Left-Out"))
	if res.Header.Get("Content-Type") == "application/x-tar" {
		return out, eachFile(res.Body, each)
	}
	_, given, err := mime.ParseMediaType(res.Header.Get("Content-Disposition"))
	if err != nil {
		return out, fmt.Errorf("reading the name of the export: %w", err)
	}
	return out, each("samples"+filepath.Ext(given["filename"]), res.Body)
}

// eachFile reads the files of a tar, and what it says of why it breaks off.
func eachFile(from io.Reader, each func(name string, content io.Reader) error) error {
	t := tar.NewReader(from)
	for {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the export: %w", err)
		}
		if h.Name == api.ExportError {
			why, _ := io.ReadAll(io.LimitReader(t, 1<<16))
			return errors.New(string(why))
		}
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(filepath.FromSlash(h.Name)) {
			return fmt.Errorf("the export has an entry %q that is no file of its folder", h.Name)
		}
		if err := each(h.Name, t); err != nil {
			return err
		}
	}
}
