package cam

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/attribution"
)

// CancelsError says that HiResCAM's map would be zero whatever the image.
type CancelsError struct{ Layer string }

// Unwrap says that another method may fit the model.
func (*CancelsError) Unwrap() error { return attribution.ErrUnfit }

func (e *CancelsError) Error() string {
	return fmt.Sprintf("its map would be zero whatever the image: the layer %s is normalised over its channels (LayerNorm), so that they cancel out at every place: choose gradcam or layercam, or set the option layer", e.Layer)
}

// Cancels is a *CancelsError where HiResCAM at the layer called wanted, as in FindLayer, is zero
// by construction, which random values at the layer tell.
func Cancels(ctx context.Context, d attribution.Differentiable, wanted string) error {
	l, err := FindLayer(ctx, d, wanted)
	if err != nil {
		return err
	}
	values, gradient, err := randomPass(ctx, d, l)
	if err != nil {
		return err
	}
	if (hiResCAM{}).cancels(l.Grid, values, gradient) {
		return &CancelsError{l.Tensor}
	}
	return nil
}
