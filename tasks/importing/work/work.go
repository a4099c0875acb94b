// Package work is the worker half of importing: it decodes images.
package work

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/imaging/drawing"
	"github.com/sightline/sightline/imaging/fingerprint"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/importing"
	"github.com/sightline/sightline/worker"
	"github.com/sightline/sightline/workspace"
)

// Kind is the worker half of imports.
func Kind(w *worker.Worker) task.Kind {
	h := half{w}
	return task.Kind{Name: importing.Name, Work: h.chunk, Calls: map[string]jobs.CallHandler{
		importing.CallThumbnail: h.thumbnail, importing.CallUpright: h.upright,
	}}
}

type half struct{ *worker.Worker }

// thumbnailSide is the longer side of thumbnails, in pixels.
const thumbnailSide = 256

// chunk decodes every image, keeps a thumbnail of each, and lists those
// that cannot be decoded (the result's data) or read.
func (w half) chunk(ctx context.Context, t *jobs.Task) (jobs.Result, error) {
	var p importing.Payload
	if err := json.Unmarshal(t.Payload, &p); err != nil {
		return jobs.Result{}, fmt.Errorf("read a chunk of an import: %w", err)
	}
	thumbs, prints := make([][]byte, len(p.Items)), make([]fingerprint.Print, len(p.Items))
	reasons := make([]error, len(p.Items))
	images := make([]task.Image, len(p.Items))
	for i, it := range p.Items {
		images[i] = it.Image
	}
	headers := make([]catalog.Header, len(p.Items))
	report := worker.Reporter(t)
	err := w.EachImage(ctx, t, images, func(i int, data []byte, err error) {
		if reasons[i] = err; err == nil {
			thumbs[i], prints[i], reasons[i] = look(data)
			headers[i] = headerOf(p.Items[i], data)
		}
		report(1)
	})
	if err != nil {
		return jobs.Result{}, err
	}
	var pack []workspace.Packed
	outcome := importing.Outcome{Spoilt: task.Failures(t.First, spoilt(reasons))}
	for i, it := range p.Items {
		if reasons[i] == nil {
			hash := cmp.Or(it.Hash, headers[i].Hash)
			pack = append(pack, workspace.Packed{Key: hash, Sample: it.ID, Data: thumbs[i]})
			outcome.Prints = append(outcome.Prints, catalog.Fingerprint{Hash: hash, Print: prints[i]})
		}
		if headers[i].Hash != "" {
			outcome.Read = append(outcome.Read, headers[i])
		}
	}
	path := t.File(".pack")
	if err := workspace.WritePack(path, pack); err != nil {
		return jobs.Result{}, err
	}
	return jobs.Result{Path: path, Data: task.JSON(outcome), Failed: task.Failures(t.First, reasons)}, nil
}

// spoilt are the reasons of what was read and cannot be decoded.
func spoilt(reasons []error) []error {
	list := slices.Clone(reasons)
	for i, err := range list {
		if errors.As(err, new(worker.Unreadable)) {
			list[i] = nil
		}
	}
	return list
}

// headerOf is what the bytes of an image that came without a hash say of it.
func headerOf(it importing.Item, data []byte) (h catalog.Header) {
	if it.Hash != "" {
		return h
	}
	h = catalog.Header{Sample: it.ID, Hash: files.Hash(data), Bytes: int64(len(data)), Orientation: 1}
	if info, err := imaging.Probe(data); err == nil {
		h.Format, h.Width, h.Height, h.Orientation = info.Format, info.Width, info.Height, uint8(info.Orientation)
	}
	return h
}

// look makes the thumbnail and the fingerprint of an image.
func look(data []byte) (thumbnail []byte, print fingerprint.Print, err error) {
	im, err := imaging.Decode(data, imaging.Limits{})
	if err != nil {
		return nil, print, err
	}
	defer im.Release()
	thumbnail, err = drawing.Thumbnail(im, thumbnailSide)
	return thumbnail, fingerprint.Of(im), err
}
