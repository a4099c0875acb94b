package importing

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/task"
)

// Thumbnail makes a thumbnail of a sample, a JPEG, in a worker process. It does
// not store it: imports do.
func (s Service) Thumbnail(ctx context.Context, of *catalog.Sample) ([]byte, error) {
	return s.show(ctx, CallThumbnail, of.Image())
}

// Upright converts a sample to an upright PNG, in a worker process, for formats
// that browsers do not show.
func (s Service) Upright(ctx context.Context, of *catalog.Sample) ([]byte, error) {
	return s.show(ctx, CallUpright, of.Image())
}

func (s Service) show(ctx context.Context, call string, of catalog.File) ([]byte, error) {
	answer, err := s.Jobs.CallOne(ctx, call, task.JSON(task.ImageOf(of)))
	if err != nil {
		return nil, fmt.Errorf("show %s: %w", of.Path, err)
	}
	return answer, nil
}
