package worker

import (
	"context"
	"errors"
	"fmt"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
)

// LoadInput reads, decodes and preprocesses an image for the scorer's model.
func (w *Worker) LoadInput(ctx context.Context, s Scorer, of task.Image) (input []float32, g imaging.Geometry, err error) {
	data, err := w.ReadFile(ctx, of)
	return InputOf(s, of, data, err)
}

// InputOf is LoadInput of a file that was read, or not for the reason err.
func InputOf(s Scorer, of task.Image, data []byte, err error) (input []float32, g imaging.Geometry, _ error) {
	var im *imaging.Image
	if err == nil {
		im, err = imaging.Decode(data, imaging.Limits{})
	}
	if err != nil {
		return nil, g, &jobs.Coded{Code: codeOf(err, task.CodeImage), Message: fmt.Sprintf("%s: %v", of.File, err)}
	}
	defer im.Release()
	input = make([]float32, s.InputLen())
	g, err = s.Preprocess(im, input)
	return input, g, err
}

// LoadBaselines prepares the images to compare with; those that cannot be read
// are left out, unless none can.
func (w *Worker) LoadBaselines(ctx context.Context, s Scorer, images []task.Image) ([][]float32, error) {
	var list [][]float32
	var failures []error
	for _, of := range images {
		input, _, err := w.LoadInput(ctx, s, of)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		list = append(list, input)
	}
	if len(list) == 0 && len(failures) > 0 {
		return nil, fmt.Errorf("none of the images to compare with can be used: %w", errors.Join(failures...))
	}
	return list, nil
}
