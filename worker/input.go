package worker

import (
	"context"
	"errors"
	"fmt"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/task"
)

// LoadInput decodes and preprocesses an image for the scorer's model.
func LoadInput(ctx context.Context, s Scorer, of task.Image) (input []float32, g imaging.Geometry, err error) {
	im, err := LoadImage(ctx, of)
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
func LoadBaselines(ctx context.Context, s Scorer, images []task.Image) ([][]float32, error) {
	var list [][]float32
	var failures []error
	for _, of := range images {
		input, _, err := LoadInput(ctx, s, of)
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
