package cam

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/autodiff"
)

// CancelsError says that HiResCAM's map would be zero whatever the image.
type CancelsError struct{ Layer string }

// Unwrap says that another method may fit the model.
func (*CancelsError) Unwrap() error { return attribution.ErrUnfit }

func (e *CancelsError) Error() string {
	return fmt.Sprintf("its map would be zero whatever the image: the layer %s is normalised over its channels (LayerNorm), so that they cancel out at every place: choose gradcam or layercam, or set the option layer", e.Layer)
}

// summing kinds add up channels with their signs, which may leave nothing.
type summing interface {
	// left is the share that the sum keeps of its terms' sizes: 0 to 1, and 1 where there are none.
	left(g Grid, values, gradient []float32) float64
}

const (
	// cancelled is the share up to which a sum counts as cancelled out: float32 leaves less.
	cancelled = 1e-4
	// doubtful is the share from which on a sum is no leftover of a normalisation. Its ε (1e-3 in
	// Keras) leaves ε ÷ variance, which is much where an image is dark or flat.
	doubtful = 0.2
	// far is how large random values are at which no usual ε counts.
	far = 1e3
)

// Cancels is a *CancelsError where HiResCAM at the layer called wanted, as in FindLayer, is zero
// by construction, which large random values at the layer tell.
func Cancels(ctx context.Context, d attribution.Differentiable, wanted string) error {
	l, err := FindLayer(ctx, d, wanted)
	if err != nil {
		return err
	}
	head, err := openHead(d, l)
	if err != nil {
		return err
	}
	left, err := leftFar(ctx, hiResCAM{}, head, l, d.Classes())
	if err != nil {
		return err
	}
	if left <= cancelled {
		return &CancelsError{l.Tensor}
	}
	return nil
}

func leftFar(ctx context.Context, kind summing, head autodiff.Program, l Layer, classes int) (float64, error) {
	values, gradient, err := randomAt(ctx, head, l, classes, far)
	if err != nil {
		return 1, err
	}
	return kind.left(l.Grid, values, gradient), nil
}

// cancel tells whether a sample's map is zero but for rounding and a normalisation's ε. Where
// the sample itself leaves it open, large random values at the layer tell.
func (f *features) cancel(ctx context.Context, kind summing, values, gradient []float32, classes int) bool {
	left := kind.left(f.layer.Grid, values, gradient)
	if left > cancelled && left < doubtful && f.layer.cut == f.layer.Tensor {
		far, err := leftFar(ctx, kind, f.head, f.layer, classes)
		return err == nil && far <= cancelled
	}
	return left <= cancelled
}
