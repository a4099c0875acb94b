// Package report makes one file of what is known of an evaluation, for people who have
// neither the workspace nor this program: figures, findings, matrix, curves, the worst cells
// with their images and maps, regions, and a comparison with another evaluation.
//
// Gather asks a server (Source; package client has one) for what is stored. It makes
// nothing: what is not there is told with the command that makes it. HTML writes a page that
// loads nothing and runs nothing, Markdown a text for a pull request.
package report

import (
	"context"
	"io"
	"time"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

// Source is the server that is asked. *client.Client is one.
type Source interface {
	Evaluation(ctx context.Context, id, slice string) (api.Evaluation, error)
	DatasetHash(ctx context.Context, dataset string) (api.DatasetHash, error)
	Dataset(ctx context.Context, name string) (api.Dataset, error)
	Model(ctx context.Context, name string) (api.Model, error)
	Matrix(ctx context.Context, evaluation, slice string) (counts []uint32, rows, columns int, err error)
	Confusions(ctx context.Context, evaluation, slice string, limit int) ([]api.Confusion, error)
	Curve(ctx context.Context, evaluation string, class int, slice string) (api.Curve, error)
	Histogram(ctx context.Context, evaluation, slice string, bins int) (api.Histogram, error)
	Findings(ctx context.Context, evaluation string) (api.Findings, error)
	Look(ctx context.Context, evaluation, by string, q client.ShareQuery) (api.Look, error)
	Comparison(ctx context.Context, evaluation, before string, q client.ShareQuery) (api.Comparison, error)
	Samples(ctx context.Context, evaluation, slice, sort string, offset, limit int) (api.SampleList, error)
	Sample(ctx context.Context, evaluation string, sample int64) (api.SampleDetail, error)
	StoredMaps(ctx context.Context, evaluation string, sample int64, target string) ([]api.StoredMap, error)
	Map(ctx context.Context, evaluation string, sample int64, q client.MapQuery) (api.MapHeader, []float32, error)
	Thumbnail(ctx context.Context, dataset string, sample int64, w io.Writer) error
}

// Options say what a report is about, and what it shows.
type Options struct {
	Evaluation string
	Slice      string // the samples, in the language of package slice; "" for those of the headline
	All        bool   // "" is all samples
	Before     string // the evaluation to compare with; "" for none
	Images     int    // of each cell and finding at most
	Bytes      int    // of the file at most; images are left out beyond it
	Paths      bool   // tell where dataset and model lie on this machine
	Version    string // of Sightline
	Made       time.Time
}

// Report is all that is written.
type Report struct {
	Options
	Evaluation  api.Evaluation
	SliceName   string // in words
	Dataset     api.DatasetHash
	Root        string // of the dataset; "" unless Options.Paths
	ModelFile   string // the same of the model
	ModelSHA256 string
	Matrix      Matrix
	Classes     []api.ClassMetrics // those with labels, the worst first
	MoreClasses int                // that are left out
	Curves      []api.Curve
	Histogram   api.Histogram
	Findings    []Finding
	Unclaimed   []string // what was tested and is not used, or cannot be told, in sentences
	Headline    string   // of the findings
	NoFindings  string   // what to run for them
	Cells       []Cell
	NoMaps      string // what to run for maps, where no image has one
	Look        api.Look
	LookRegions []string // columns of the table
	NoLook      string
	Comparison  *api.Comparison
	LeftOut     int // images for which there was no room
}

// Matrix is the confusion matrix of classes that occur.
type Matrix struct {
	Classes []int      // indices; empty where there are too many to print
	Counts  [][]uint32 // a row per label; the last column is no decision
	None    bool       // some samples have no decision
}

// Finding is a finding with images that turned, or what several classes have in common.
type Finding struct {
	api.Finding               // of the first class, with the text of all
	Classes     []api.Finding // of each class, where there are several
	Shown       []Shown
}

// Cell is a pair of label and prediction with images of it.
type Cell struct {
	api.Confusion
	Slice string
	Shown []Shown
}

// Shown is an image, and a map of it if one is stored.
type Shown struct {
	ID             int64
	Path           string
	Label, Guess   string
	Right          bool
	Confidence     float64
	Width, Height  int    // as displayed
	Thumbnail      []byte // a JPEG
	Map            *Drawn
	Method, Target string
	Verdict        string
}
