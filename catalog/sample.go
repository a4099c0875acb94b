package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/workspace"
)

// Sample is one image of a dataset. Width and Height are as stored in the
// file; Displayed gives them upright.
type Sample struct {
	ID          int64
	DatasetID   int
	Dataset     string
	File        string // absolute path of the image
	Path        string // relative to the dataset's root
	Label       string // "" if unlabelled
	Labelled    bool
	Split       string
	Hash        string
	Bytes       int64
	Format      string
	Width       int
	Height      int
	Orientation imaging.Orientation
	Problem     string
	Gone        bool
	Changed     bool
}

// Displayed is the size of the upright image.
func (s *Sample) Displayed() (width, height int) { return s.Orientation.Upright(s.Width, s.Height) }

const sampleColumns = `s.id, s.dataset, d.name, d.root, s.path, coalesce(l.name, ''), s.label IS NOT NULL, s.split, s.hash,
	s.bytes, s.format, s.width, s.height, s.orientation, s.problem, s.gone, s.changed
	FROM samples s JOIN datasets d ON d.id = s.dataset LEFT JOIN labels l ON l.dataset = s.dataset AND l.label = s.label`

func scanSample(rows interface{ Scan(...any) error }) (Sample, error) {
	var s Sample
	var d Dataset
	err := rows.Scan(&s.ID, &s.DatasetID, &s.Dataset, &d.Root, &s.Path, &s.Label, &s.Labelled, &s.Split, &s.Hash,
		&s.Bytes, &s.Format, &s.Width, &s.Height, &s.Orientation, &s.Problem, &s.Gone, &s.Changed)
	s.File = d.SamplePath(s.Path)
	return s, err
}

// Sample returns one sample, or an error that is workspace.ErrNotFound.
func (db *Store) Sample(ctx context.Context, id int64) (*Sample, error) {
	s, err := scanSample(db.ws.QueryRow(ctx, `SELECT `+sampleColumns+` WHERE s.id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("sample %d: %w", id, workspace.ErrNotFound)
	}
	return &s, err
}

// SamplesByID returns those of the samples that exist, in order of id.
func (db *Store) SamplesByID(ctx context.Context, ids []int64) ([]Sample, error) {
	in, args := workspace.In("s.id", ids)
	return db.samples(ctx, `WHERE `+in+` ORDER BY s.id`, args...)
}

// File is the image of a sample.
type File struct {
	Sample int64
	Path   string // absolute
	Hash   string // of the bytes that were imported, and how many those were
	Bytes  int64

	Width, Height int // as displayed
}

// Image is the sample's file.
func (s *Sample) Image() File {
	width, height := s.Displayed()
	return File{Sample: s.ID, Path: s.File, Hash: s.Hash, Bytes: s.Bytes, Width: width, Height: height}
}

// Files returns the images of samples, in the order of their ids in the list; there is
// an error if one does not exist. It is the part of SamplesByID that workers need.
func (db *Store) Files(ctx context.Context, ids []int64) ([]File, error) {
	in, args := workspace.In("id", ids)
	// Without a join: it takes as long as all the rest, at every chunk.
	rows, err := db.ws.Query(ctx, `SELECT id, path, hash, bytes, width, height, orientation, dataset FROM samples WHERE `+in, args...)
	if err != nil {
		return nil, fmt.Errorf("finding the files of samples: %w", err)
	}
	defer rows.Close()
	found, datasets := make(map[int64]File, len(ids)), map[int64]int32{}
	for rows.Next() {
		var f File
		var orientation imaging.Orientation
		var dataset int32
		if err := rows.Scan(&f.Sample, &f.Path, &f.Hash, &f.Bytes, &f.Width, &f.Height, &orientation, &dataset); err != nil {
			return nil, fmt.Errorf("finding the files of samples: %w", err)
		}
		f.Width, f.Height = orientation.Upright(f.Width, f.Height)
		found[f.Sample], datasets[f.Sample] = f, dataset
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("finding the files of samples: %w", err)
	}
	list, of := make([]File, len(ids)), map[int32]*Dataset{}
	for i, id := range ids {
		f, ok := found[id]
		if !ok {
			return nil, fmt.Errorf("sample %d: %w", id, workspace.ErrNotFound)
		}
		d := of[datasets[id]]
		if d == nil {
			d = &Dataset{}
			if err := db.ws.QueryRow(ctx, `SELECT root FROM datasets WHERE id = ?`, datasets[id]).Scan(&d.Root); err != nil {
				return nil, fmt.Errorf("finding the folder of sample %d: %w", id, err)
			}
			of[datasets[id]] = d
		}
		f.Path = d.SamplePath(f.Path)
		list[i] = f
	}
	return list, nil
}

// DatasetSamples is a page of a dataset's samples, gone and quarantined ones
// included, in order of path.
func (db *Store) DatasetSamples(ctx context.Context, dataset string, offset, limit int) ([]Sample, error) {
	return db.samples(ctx, `WHERE d.name = ? ORDER BY s.path LIMIT ? OFFSET ?`, dataset, limit, offset)
}

func (db *Store) samples(ctx context.Context, rest string, args ...any) ([]Sample, error) {
	rows, err := db.ws.Query(ctx, `SELECT `+sampleColumns+` `+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("reading samples: %w", err)
	}
	defer rows.Close()
	list := []Sample{}
	for rows.Next() {
		s, err := scanSample(rows)
		if err != nil {
			return nil, fmt.Errorf("reading samples: %w", err)
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// Duplicate is another sample with the same bytes.
type Duplicate struct {
	ID    int64  `json:"id"`
	Path  string `json:"path"`
	Label string `json:"label"`
}

// DuplicatesOf lists the other samples of the dataset with the sample's bytes.
func (db *Store) DuplicatesOf(ctx context.Context, sample int64) ([]Duplicate, error) {
	list, err := db.samples(ctx, `WHERE s.id <> ? AND s.problem = '' AND NOT s.gone
		AND (s.dataset, s.hash) IN (SELECT (dataset, hash) FROM samples WHERE id = ?) ORDER BY s.path`, sample, sample)
	out := make([]Duplicate, len(list))
	for i, s := range list {
		out[i] = Duplicate{s.ID, s.Path, s.Label}
	}
	return out, err
}
