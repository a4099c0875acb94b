package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/workspace"
)

// picturePath names a sample of a dataset.
type picturePath struct {
	Dataset string `path:"name" doc:"The dataset"`
	Sample  int64  `path:"sample" doc:"The sample"`
}

func (b *backend) pictureRoutes(a huma.API) {
	raw(a, "GET /api/datasets/{name}/samples/{sample}/thumbnail", "get-thumbnail", "Small upright picture of a sample", "image/jpeg",
		"A JPEG.", b.thumbnail)
	raw(a, "GET /api/datasets/{name}/samples/{sample}/image", "get-image", "Picture of a sample as a browser can show it", "image/*",
		"The file itself if browsers show its format upright (JPEG, PNG, GIF, WebP), else an upright PNG.", b.image)
}

func (b *backend) thumbnail(ctx context.Context, in *picturePath) (http.HandlerFunc, error) {
	s, err := b.needSample(ctx, in.Dataset, in.Sample)
	if err != nil {
		return nil, err
	}
	content, err := b.ws.Thumbnail(ctx, s.Hash)
	if errors.Is(err, workspace.ErrNotFound) { // not made yet: the import is under way, or it failed on this one
		content, err = b.pipeline.Thumbnail(ctx, s)
	}
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, r *http.Request) { sendPicture(w, r, s.Hash, "image/jpeg", content) }, nil
}

// browserFormats are the formats whose files browsers show upright themselves.
var browserFormats = map[string]bool{"jpeg": true, "png": true, "gif": true, "webp": true}

func (b *backend) image(ctx context.Context, in *picturePath) (http.HandlerFunc, error) {
	s, err := b.needSample(ctx, in.Dataset, in.Sample)
	if err != nil {
		return nil, err
	}
	if !browserFormats[s.Format] {
		content, err := b.pipeline.Picture(ctx, s)
		if err != nil {
			return nil, err
		}
		return func(w http.ResponseWriter, r *http.Request) { sendPicture(w, r, s.Hash+"-png", "image/png", content) }, nil
	}
	file, err := os.Open(s.File)
	if err != nil {
		return nil, notFound(fmt.Errorf("cannot read the image: %w; restore it, or import the dataset again", err))
	}
	kind, err := mediaType(file)
	if err != nil {
		file.Close()
		return nil, err
	}
	return func(w http.ResponseWriter, r *http.Request) {
		defer file.Close()
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, "", modified(file), file)
	}, nil
}

// mediaType tells what the file is from its first bytes, whatever it was when
// it was imported: a file that became a web page must not be sent as one.
func mediaType(file *os.File) (string, error) {
	head := make([]byte, 512)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", notFound(fmt.Errorf("reading %s: %w", file.Name(), err))
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	if kind := http.DetectContentType(head[:n]); strings.HasPrefix(kind, "image/") {
		return kind, nil
	}
	return "application/octet-stream", nil
}

// sendPicture sends content that is named by a hash. Browsers ask every time
// whether it changed: another workspace may be served at this address tomorrow.
func sendPicture(w http.ResponseWriter, r *http.Request, hash, contentType string, content []byte) {
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", `"`+hash+`"`)
	if r.Header.Get("If-None-Match") == `"`+hash+`"` {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	_, _ = w.Write(content)
}

func modified(file *os.File) (t time.Time) {
	if info, err := file.Stat(); err == nil {
		t = info.ModTime()
	}
	return t
}
