package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/workspace"
)

// imagePath names a sample of a dataset.
type imagePath struct {
	Dataset string `path:"name" doc:"The dataset"`
	Sample  int64  `path:"sample" doc:"The sample"`
}

func (b *backend) imageRoutes(a huma.API) {
	route.Raw(a, "GET /api/datasets/{name}/samples/{sample}/thumbnail", "get-thumbnail", "Small upright image of a sample", "image/jpeg",
		"A JPEG.", b.thumbnail)
	route.Raw(a, "GET /api/datasets/{name}/samples/{sample}/image", "get-image", "Image of a sample as a browser can show it", "image/*",
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
	if files.IsObject(s.File) {
		return b.object(ctx, s)
	}
	shown, err := files.Wait(ctx, b.drive, func(sign func()) (upright, error) { return openUpright(s, sign) }, upright.close)
	if errors.Is(err, files.ErrNoAnswer) {
		err = fmt.Errorf("cannot read %s: %w", s.File, err)
	}
	if err != nil {
		return nil, err
	}
	if shown.file != nil {
		return func(w http.ResponseWriter, r *http.Request) { sendFile(w, r, shown) }, nil
	}
	return b.converted(ctx, s)
}

// converted is the image of a sample made a PNG by a worker.
func (b *backend) converted(ctx context.Context, s *catalog.Sample) (http.HandlerFunc, error) {
	content, err := b.importing.Upright(ctx, s)
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, r *http.Request) { sendImage(w, r, s.Hash+"-png", "image/png", content) }, nil
}

// object is the image of a sample that lies in an object store.
func (b *backend) object(ctx context.Context, s *catalog.Sample) (http.HandlerFunc, error) {
	content, err := route.Object(ctx, b.tasks.Objects, b.drive, s)
	if err != nil {
		return nil, err
	}
	if image, err := imaging.Probe(content); err == nil && image.BrowserUpright() {
		return func(w http.ResponseWriter, r *http.Request) { sendImage(w, r, s.Hash, image.MediaType(), content) }, nil
	}
	return b.converted(ctx, s)
}

// upright is an open image file that browsers show upright as it is; the file is nil for
// others.
type upright struct {
	file      *os.File
	info      fs.FileInfo
	mediaType string
}

func (u upright) close() {
	if u.file != nil {
		u.file.Close()
	}
}

// openUpright opens the file of a sample if browsers show it upright as it is. What the file is now counts: one that became
// a web page since it was imported must not be sent as an image, and one that became
// another image is not the sample.
func openUpright(s *catalog.Sample, sign func()) (u upright, err error) {
	f, info, err := files.Open(s.File)
	if err != nil {
		return u, route.NotFound(fmt.Errorf("cannot read the image: %w; restore it, or import the dataset again", err))
	}
	image, err := imaging.ProbeFile(f, info.Size())
	if err == nil && image.BrowserUpright() {
		if err = route.Unchanged(s, f, info.Size(), sign); err == nil {
			return upright{f, info, image.MediaType()}, nil
		}
		f.Close()
		return u, err
	}
	f.Close()
	return u, nil // the worker that converts it compares, too
}

// sendFile sends a file piece by piece, and closes it.
func sendFile(w http.ResponseWriter, r *http.Request, u upright) {
	defer u.close()
	w.Header().Set("Content-Type", u.mediaType)
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "", u.info.ModTime(), u.file)
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
