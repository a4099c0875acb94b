package inspect

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

// Kind is the server half: there are no jobs to plan.
func Kind(*task.Server) task.Kind { return task.Kind{Name: Name} }

// Service is the server's door to the inside of models. Safe for concurrent use.
type Service struct{ *task.Server }

// AddModel inspects a model file in a worker process and stores it under its
// name. With replace it may take the place of the model of that name, which is else
// catalog.ErrTaken. Errors of the model are *jobs.Coded with task.CodeModel.
func (s Service) AddModel(ctx context.Context, path string, o classifier.Options, replace bool) (*catalog.Model, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("add the model %s: %w", path, err)
	}
	request, err := json.Marshal(ModelRequest{Path: path, Options: o})
	if err != nil {
		return nil, err
	}
	answer, err := s.Jobs.CallOne(ctx, CallModel, request)
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
	if !replace {
		return s.Store.Catalog.AddModel(ctx, spec.Name, spec.SHA256, answer, results.SameSettings)
	}
	return s.Store.Catalog.PutModel(ctx, spec.Name, spec.SHA256, answer, results.OfModel)
}
