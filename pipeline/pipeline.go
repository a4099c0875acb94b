package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/task"
)

// Kinds of job.
const (
	KindImport   = "import"
	KindEvaluate = "evaluate"
	KindExplain  = "explain"
	KindMeasure  = "measure" // what stored maps say of regions
)

// Names of calls.
const (
	callInspect   = "inspect"
	callExplain   = "explain"
	callLayers    = "layers"
	callTrust     = "trust"
	callRandomise = "randomise"
	callThumbnail = "thumbnail"
	callPicture   = "picture"
	callDraw      = "draw"
)

// Pipeline is the server half. Safe for concurrent use.
type Pipeline struct{ *task.Server }

// New registers the kinds of job with the server's manager. Call it before jobs are
// submitted or resumed.
func New(s *task.Server) *Pipeline {
	for _, k := range Plan(s) {
		k.Serve(s.Jobs)
	}
	return &Pipeline{s}
}

// AddModel inspects a model file in a worker process and stores it under its
// name, replacing the settings of the model of that name. Errors of the model
// are *jobs.Coded with task.CodeModel.
func (p *Pipeline) AddModel(ctx context.Context, path string, o classifier.Options) (*catalog.Model, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("add the model %s: %w", path, err)
	}
	request, err := json.Marshal(inspectRequest{Path: path, Options: o})
	if err != nil {
		return nil, err
	}
	answer, err := p.Jobs.CallOne(ctx, callInspect, request)
	var coded *jobs.Coded
	if errors.As(err, &coded) && coded.Code == task.CodeModel {
		return nil, fmt.Errorf("add the model: %w", err) // the message names the file
	}
	if err != nil {
		return nil, fmt.Errorf("add the model %s: %w", path, err)
	}
	var spec classifier.Spec
	if err := json.Unmarshal(answer, &spec); err != nil {
		return nil, fmt.Errorf("add the model %s: read the worker's answer: %w", path, err)
	}
	return p.Store.Catalog.PutModel(ctx, spec.Name, spec.SHA256, answer, results.OfModel)
}

// Thumbnail makes a thumbnail of a sample, a JPEG, in a worker process. It does
// not store it: imports do.
func (p *Pipeline) Thumbnail(ctx context.Context, s *catalog.Sample) ([]byte, error) {
	return p.picture(ctx, callThumbnail, s.File)
}

// Picture converts a sample to an upright PNG, in a worker process, for formats
// that browsers do not show.
func (p *Pipeline) Picture(ctx context.Context, s *catalog.Sample) ([]byte, error) {
	return p.picture(ctx, callPicture, s.File)
}

func (p *Pipeline) picture(ctx context.Context, call, file string) ([]byte, error) {
	answer, err := p.Jobs.CallOne(ctx, call, []byte(file))
	if err != nil {
		return nil, fmt.Errorf("show %s: %w", file, err)
	}
	return answer, nil
}
