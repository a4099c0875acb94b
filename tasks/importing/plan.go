package importing

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/workspace"
)

// chunkSize is how many images are decoded per chunk.
const chunkSize = 64

// Service is the server's door to imports. Safe for concurrent use.
type Service struct{ *task.Server }

// Start starts a job that scans a source, stores what is new in the dataset of
// that name (default: the folder's name), and makes thumbnails. Every call
// scans again; work left over by an earlier one is taken up. The job's result
// is {dataset, report}.
func (s Service) Start(ctx context.Context, name string, source dataset.Source) (jobs.Job, error) {
	if name == "" {
		name = files.Base(source.Root)
	}
	return s.Jobs.Submit(ctx, Name, params{Name: name, Source: source, Asked: time.Now().UTC()})
}

// Fingerprint starts a job that makes the fingerprints, and thumbnails, that images of a dataset lack: it
// was imported before they were made. Its files are not looked for again.
func (s Service) Fingerprint(ctx context.Context, name string) (jobs.Job, error) {
	if _, err := s.Store.Catalog.Dataset(ctx, name); err != nil {
		return jobs.Job{}, err
	}
	return s.Jobs.Submit(ctx, Name, params{Name: name, Known: true})
}

// params are the parameters of an import. Asked makes every request a job
// of its own: an import that is not finished must not hide files added since.
type params struct {
	Name   string         `json:"name"`
	Source dataset.Source `json:"source"`
	Asked  time.Time      `json:"asked"`
	Known  bool           `json:"known,omitempty"` // only images that the dataset has: see Fingerprint
}

// Kind is the server half of imports.
func Kind(s *task.Server) task.Kind { return task.Kind{Name: Name, Planner: &importer{s}} }

// importer plans and stores imports.
type importer struct{ *task.Server }

func (im *importer) Describe(_ context.Context, stored json.RawMessage) (jobs.Description, error) {
	var p params
	if err := json.Unmarshal(stored, &p); err != nil {
		return jobs.Description{}, fmt.Errorf("parameters of an import: %w", err)
	}
	if p.Known {
		return jobs.Description{Title: "Fingerprints of " + p.Name, Result: task.JSON(map[string]string{"dataset": p.Name}), Subject: p.Name}, nil
	}
	return jobs.Description{
		Title:   fmt.Sprintf("Import %s from %s", p.Name, p.Source.Root),
		Result:  task.JSON(map[string]string{"dataset": p.Name}),
		Subject: p.Name,
	}, nil
}

func (im *importer) Plan(ctx context.Context, job jobs.Job, note func(string)) (int, int, error) {
	var p params
	if err := json.Unmarshal(job.Params, &p); err != nil {
		return 0, 0, fmt.Errorf("parameters of an import: %w", err)
	}
	if p.Known {
		ids, err := im.Store.Catalog.WithoutThumbnail(ctx, p.Name)
		if err != nil {
			return 0, 0, err
		}
		n, err := im.Jobs.PutItems(ctx, job.ID, ids)
		return n, chunkSize, err
	}
	if job.Items > 0 { // its list went when the dataset was imported again, perhaps from another source
		return 0, 0, fmt.Errorf("%s was imported again since, and nothing is left to do here: import it anew for what changed in %s", p.Name, p.Source.Root)
	}
	note("looking for images in " + p.Source.Root)
	found, err := im.scan(ctx, p.Source, note)
	if err != nil {
		return 0, 0, err
	}
	note(fmt.Sprintf("storing %d samples", len(found.Samples)))
	if _, err := im.Store.Catalog.Import(ctx, p.Name, found); err != nil {
		return 0, 0, err
	}
	if err := im.Store.Columns.Put(ctx, p.Name, found.Columns); err != nil {
		return 0, 0, err
	}
	unread, err := im.Store.Catalog.Unread(ctx, p.Name)
	if err != nil {
		return 0, 0, err
	}
	ids, err := im.Store.Catalog.WithoutThumbnail(ctx, p.Name)
	if err != nil {
		return 0, 0, err
	}
	if ids = append(ids, unread...); len(ids) == 0 && found.Listed {
		return 0, chunkSize, im.regions(ctx, p.Name, p.Source)
	}
	n, err := im.Jobs.PutItems(ctx, job.ID, ids)
	return n, chunkSize, err
}

func (im *importer) Payload(ctx context.Context, job jobs.Job, c jobs.Chunk) ([]byte, error) {
	if err := im.Store.Catalog.Tidy(ctx); err != nil {
		return nil, err
	}
	list, err := im.Files(ctx, c)
	return task.JSON(Payload{Items: items(list)}), err
}

func (im *importer) Ingest(ctx context.Context, tx *workspace.Tx, job jobs.Job, c jobs.Chunk, r jobs.Result) error {
	if err := im.Store.Catalog.IngestThumbnails(ctx, tx, job.ID, c.Seq, r.Path); err != nil {
		return err
	}
	// What cannot be read now may be readable tomorrow: the job lists it. What
	// cannot be decoded goes into quarantine.
	var found Outcome
	if err := json.Unmarshal(r.Data, &found); err != nil {
		return fmt.Errorf("read what the worker says of images: %w", err)
	}
	if err := im.Store.Catalog.IngestHeaders(ctx, tx, found.Read); err != nil {
		return err
	}
	if err := im.Store.Catalog.IngestFingerprints(ctx, tx, found.Prints); err != nil {
		return err
	}
	bad, err := im.Failed(ctx, c, found.Spoilt)
	if err != nil {
		return err
	}
	return im.quarantine(ctx, tx, bad)
}

func (im *importer) Quarantine(ctx context.Context, tx *workspace.Tx, job jobs.Job, index int, reason string) error {
	id, err := im.Sample(ctx, job.ID, index)
	if err != nil {
		return err
	}
	return im.quarantine(ctx, tx, []catalog.Failure{{Sample: id, Reason: reason}})
}

// quarantine marks samples and their copies: only one of the samples with the
// same bytes is in a job's list.
func (im *importer) quarantine(ctx context.Context, tx *workspace.Tx, bad []catalog.Failure) error {
	var all []catalog.Failure
	for _, f := range bad {
		copies, err := im.Store.Catalog.DuplicatesOf(ctx, f.Sample)
		if err != nil {
			return err
		}
		all = append(all, f)
		for _, c := range copies {
			all = append(all, catalog.Failure{Sample: c.ID, Reason: f.Reason})
		}
	}
	return im.Store.Catalog.Quarantine(ctx, tx, all)
}

// Finish merges the packs of thumbnails that the chunks left, and reads the regions of objects,
// whose sizes are known by now.
func (im *importer) Finish(ctx context.Context, job jobs.Job) (json.RawMessage, error) {
	var p params
	if err := json.Unmarshal(job.Params, &p); err != nil {
		return nil, fmt.Errorf("parameters of an import: %w", err)
	}
	if files.IsObject(p.Source.Root) {
		if err := im.regions(ctx, p.Name, p.Source); err != nil {
			return nil, err
		}
	}
	return nil, im.Store.Catalog.Compact(ctx)
}
