package importing

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/catalog"
)

// Thumbnail makes a thumbnail of a sample, a JPEG, in a worker process. It does
// not store it: imports do.
func (s Service) Thumbnail(ctx context.Context, of *catalog.Sample) ([]byte, error) {
	return s.show(ctx, CallThumbnail, of.File)
}

// Upright converts a sample to an upright PNG, in a worker process, for formats
// that browsers do not show.
func (s Service) Upright(ctx context.Context, of *catalog.Sample) ([]byte, error) {
	return s.show(ctx, CallUpright, of.File)
}

func (s Service) show(ctx context.Context, call, file string) ([]byte, error) {
	answer, err := s.Jobs.CallOne(ctx, call, []byte(file))
	if err != nil {
		return nil, fmt.Errorf("show %s: %w", file, err)
	}
	return answer, nil
}
