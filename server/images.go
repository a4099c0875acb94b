package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/workspace"
)

// imagePath names a sample of a dataset.
type imagePath struct {
	Dataset string `path:"name" doc:"The dataset"`
	Sample  int64  `path:"sample" doc:"The sample"`
}

func (b *backend) imageRoutes(a huma.API) {
	raw(a, "GET /api/datasets/{name}/samples/{sample}/thumbnail", "get-thumbnail", "Small upright image of a sample", "image/jpeg",
		"A JPEG.", b.thumbnail)
	raw(a, "GET /api/datasets/{name}/samples/{sample}/image", "get-image", "Image of a sample as a browser can show it", "image/*",
		"The file itself if browsers show it upright (JPEG, most PNG, GIF, WebP and BMP), else an upright PNG.", b.image)
}

func (b *backend) thumbnail(ctx context.Context, in *imagePath) (http.HandlerFunc, error) {
	s, err := b.needSample(ctx, in.Dataset, in.Sample)
	if err != nil {
		return nil, err
	}
	content, err := b.store.Catalog.Thumbnail(ctx, s.Hash)
	if errors.Is(err, workspace.ErrNotFound) { // not made yet: the import is under way, or it failed on this one
		content, err = b.importing.Thumbnail(ctx, s)
	}
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, r *http.Request) { sendImage(w, r, s.Hash, "image/jpeg", content) }, nil
}

func (b *backend) image(ctx context.Context, in *imagePath) (http.HandlerFunc, error) {
	s, err := b.needSample(ctx, in.Dataset, in.Sample)
	if err != nil {
		return nil, err
	}
	upright, err := browserUpright(s.File)
	if err != nil {
		return nil, notFound(fmt.Errorf("cannot read the image: %w; restore it, or import the dataset again", err))
	}
	if upright != "" {
		return func(w http.ResponseWriter, r *http.Request) { sendFile(w, r, s.File, upright) }, nil
	}
	content, err := b.importing.Upright(ctx, s)
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, r *http.Request) { sendImage(w, r, s.Hash+"-png", "image/png", content) }, nil
}

// browserUpright is the media type of a file that browsers show upright as it is,
// "" for others. What the file is now counts: one that became a web page since it
// was imported must not be sent as an image.
func browserUpright(path string) (string, error) {
	f, info, err := files.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	image, err := imaging.ProbeFile(f, info.Size())
	if err != nil || !image.BrowserUpright() {
		return "", nil
	}
	return image.MediaType(), nil
}

// sendFile sends a file piece by piece.
func sendFile(w http.ResponseWriter, r *http.Request, path, mediaType string) {
	f, info, err := files.Open(path)
	if err != nil {
		http.Error(w, "the image can no longer be read", http.StatusNotFound)
		return
	}
	defer f.Close()
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "", info.ModTime(), f)
}

// sendImage sends content that is named by a hash. Browsers ask every time
// whether it changed: another workspace may be served at this address tomorrow.
func sendImage(w http.ResponseWriter, r *http.Request, hash, contentType string, content []byte) {
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
