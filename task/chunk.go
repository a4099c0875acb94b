package task

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/jobs"
)

// Files are the images of a chunk's samples, in the order of the job's list.
func (s *Server) Files(ctx context.Context, c jobs.Chunk) ([]catalog.File, error) {
	ids, err := s.Jobs.Items(ctx, c.Job, c.First, c.Count)
	if err != nil {
		return nil, err
	}
	return s.Store.Catalog.Files(ctx, ids)
}

// Sample is the id of the sample at an index of a job's list.
func (s *Server) Sample(ctx context.Context, job string, index int) (int64, error) {
	ids, err := s.Jobs.Items(ctx, job, index, 1)
	if err == nil && len(ids) != 1 {
		err = fmt.Errorf("job %s has no item %d", job, index)
	}
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

// Failed says which samples of a chunk gave no result.
func (s *Server) Failed(ctx context.Context, c jobs.Chunk, list []jobs.Failure) ([]catalog.Failure, error) {
	if len(list) == 0 {
		return nil, nil
	}
	ids, err := s.Jobs.Items(ctx, c.Job, c.First, c.Count)
	if err != nil {
		return nil, err
	}
	out := make([]catalog.Failure, len(list))
	for i, f := range list {
		at := f.Item - c.First
		if at < 0 || at >= len(ids) {
			return nil, fmt.Errorf("the worker reports on item %d, which is not in its chunk", f.Item)
		}
		out[i] = catalog.Failure{Sample: ids[at], Reason: f.Reason}
	}
	return out, nil
}

// Evaluation is the evaluation that a job is about, as its result says.
func Evaluation(job jobs.Job) (string, error) {
	var r struct{ Evaluation string }
	if err := json.Unmarshal(job.Result, &r); err != nil || r.Evaluation == "" {
		return "", fmt.Errorf("job %s does not say which evaluation it makes", job.ID)
	}
	return r.Evaluation, nil
}

// Failures lists the items of a chunk, which begins at first, that gave no result; errs
// has an error or nil for each. It is what a worker half says.
func Failures(first int, errs []error) (list []jobs.Failure) {
	for i, err := range errs {
		if err != nil {
			list = append(list, jobs.Failure{Item: first + i, Reason: err.Error()})
		}
	}
	return list
}
