package curation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/export"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/marks"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

func (b *Resources) exportRoutes(a huma.API) {
	route.JSON(a, "GET /api/exports", "list-export-formats", "The formats in which samples can be exported", func(context.Context, *route.None) (api.ExportFormats, error) {
		out := api.ExportFormats{Formats: []api.ExportFormat{}}
		for _, f := range export.Formats() {
			out.Formats = append(out.Formats, api.ExportFormat{Name: f.Name, Title: f.Title, Images: f.Images, Regions: f.Regions, File: f.File != nil})
		}
		return out, nil
	})
	route.Raw(a, "GET /api/evaluations/{id}/export", "export-samples", "The samples of a slice in a format of other tools", "application/x-tar",
		"A file for formats that are one table, else a tar of the folder. `X-Sightline-Samples` counts the samples, `X-Sightline-Left-Out` those whose image is gone. "+
			"Where an image cannot be read the tar has a last entry `"+api.ExportError+"` that says why, and breaks off.", b.export)
}

// exportQuery asks for samples in a format.
type exportQuery struct {
	route.EvaluationPath
	route.SliceQuery
	Format string `query:"format" required:"true" doc:"The format; GET /api/exports lists them"`
	Raw    bool   `query:"raw" doc:"Cells of CSV files as they are; otherwise texts that a spreadsheet would take for a formula have an apostrophe in front"`
	Scores bool   `query:"scores" doc:"Tables with the score of every class"`
}

func (b *Resources) export(ctx context.Context, in *exportQuery) (http.HandlerFunc, error) {
	f, ok := export.Find(in.Format)
	if !ok {
		return nil, route.BadRequest(fmt.Errorf("format is %q: there are %s", in.Format, export.Names()))
	}
	of, err := in.Selected()
	if err != nil {
		return nil, err
	}
	e, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return nil, err
	}
	r := &reading{Resources: b, evaluation: e, of: of, images: f.Images}
	if err := r.count(ctx); err != nil {
		return nil, err
	}
	options := export.Options{Raw: in.Raw, Scores: in.Scores, Temp: b.store.Workspace.Path("tmp")}
	return func(w http.ResponseWriter, q *http.Request) { r.send(q.Context(), w, f, options) }, nil
}

// reading is the samples of a slice as an export reads them.
type reading struct {
	*Resources
	evaluation *results.Evaluation
	of         slice.Slice
	images     bool // they are copied: samples whose image is gone are left out
	n, gone    int
}

// count finds how many samples there are, and refuses to export none.
func (r *reading) count(ctx context.Context) error {
	err := r.each(ctx, false, func(*export.Sample) error {
		r.n++
		return nil
	})
	if err == nil && r.n == 0 {
		err = route.Refused(http.StatusUnprocessableEntity, errors.New("there is nothing to export: no image is in this slice whose file is there"))
	}
	return err
}

// batch is how many samples are looked up together.
const batch = 512

// each calls f with the samples.
func (r *reading) each(ctx context.Context, scores bool, f func(*export.Sample) error) error {
	var held []results.Exported
	r.gone = 0
	err := r.store.Results.EachPrediction(ctx, r.evaluation.ID, r.of, scores, func(x results.Exported) error {
		x.Scores = slices.Clone(x.Scores)
		if held = append(held, x); len(held) < batch {
			return nil
		}
		full := held
		held = nil
		return r.describe(ctx, full, f)
	})
	if err != nil {
		return err
	}
	return r.describe(ctx, held, f)
}

// describe calls f with samples and all that is known of them.
func (r *reading) describe(ctx context.Context, list []results.Exported, f func(*export.Sample) error) error {
	if len(list) == 0 {
		return nil
	}
	ids := make([]int64, len(list))
	for i, x := range list {
		ids[i] = x.Sample
	}
	found, err := r.store.Catalog.SamplesByID(ctx, ids)
	if err != nil {
		return err
	}
	known := make(map[int64]*catalog.Sample, len(found))
	for i := range found {
		known[found[i].ID] = &found[i]
	}
	regions, err := r.store.Catalog.RegionsOf(ctx, ids)
	if err != nil {
		return err
	}
	noted, err := r.store.Marks.OfMany(ctx, ids)
	if err != nil {
		return err
	}
	for _, x := range list {
		s := known[x.Sample]
		if s == nil {
			return fmt.Errorf("sample %d: %w; it was removed meanwhile", x.Sample, workspace.ErrNotFound)
		}
		if r.images && s.Gone {
			r.gone++
			continue
		}
		out := &export.Sample{Path: x.Path, Label: x.Label, Predicted: r.evaluation.Classes[x.Predicted], Truth: x.Truth, Best: x.Predicted, Confidence: x.Confidence,
			Split: x.Split, Hash: s.Hash, Regions: regions[x.Sample], Scores: x.Scores,
			Open: func() (io.ReadCloser, int64, error) { return r.open(ctx, s) }}
		out.Width, out.Height = s.Displayed()
		note(out, noted[x.Sample])
		if err := f(out); err != nil {
			return err
		}
	}
	return nil
}

// note adds what people noted of a sample.
func note(s *export.Sample, list []marks.Mark) {
	for _, m := range list {
		switch m.Kind {
		case marks.Tag:
			s.Tags = append(s.Tags, m.Value)
		case marks.Note:
			s.Note = m.Value
		case marks.Label:
			s.Proposed = m.Value
		case marks.Exclude:
			s.Excluded = true
		}
	}
}

// open opens the image of a sample, which must be the one that was imported.
func (r *reading) open(ctx context.Context, s *catalog.Sample) (io.ReadCloser, int64, error) {
	if files.IsObject(s.File) {
		data, err := route.Object(ctx, r.objects, r.drive, s)
		return io.NopCloser(bytes.NewReader(data)), int64(len(data)), err
	}
	f, err := files.Wait(ctx, r.drive, func(sign func()) (*os.File, error) {
		f, info, err := files.Open(s.File)
		if err != nil {
			return nil, fmt.Errorf("cannot read the image: %w; restore it, or import the dataset again", err)
		}
		if err := route.Unchanged(s, f, info.Size(), sign); err != nil {
			f.Close()
			return nil, err
		}
		return f, nil
	}, func(f *os.File) { f.Close() })
	if err != nil {
		return nil, 0, err
	}
	return f, s.Bytes, nil
}

// send writes the answer. When it fails the status is sent already: what is left is to say why
// in the stream and to break it off.
func (r *reading) send(ctx context.Context, w http.ResponseWriter, f export.Format, o export.Options) {
	whole := &reading{Resources: r.Resources, evaluation: r.evaluation}
	set := &export.Set{Name: r.evaluation.ID, Model: r.evaluation.Model, Slice: r.of.String(), Classes: r.evaluation.Classes,
		Each:  func(scores bool, do func(*export.Sample) error) error { return r.each(ctx, scores, do) },
		Whole: func(scores bool, do func(*export.Sample) error) error { return whole.each(ctx, scores, do) }}
	name, kind := r.evaluation.ID+"-"+f.Name, "application/x-tar"
	if f.File != nil {
		name, kind = name+"."+f.Suffix, f.Type
	} else {
		name += ".tar"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	w.Header().Set("X-Sightline-Samples", strconv.Itoa(r.n))
	w.Header().Set("X-Sightline-Left-Out", strconv.Itoa(r.gone))
	var err error
	if f.File != nil {
		err = f.File(ctx, set, o, w)
	} else {
		to := export.NewFolder(w, o.Temp)
		if err = f.Folder(ctx, set, o, to); err == nil {
			err = to.Close()
		} else {
			_ = to.Copy(api.ExportError, int64(len(err.Error())), bytes.NewReader([]byte(err.Error())))
			_ = http.NewResponseController(w).Flush()
		}
	}
	if err != nil {
		panic(http.ErrAbortHandler)
	}
}
