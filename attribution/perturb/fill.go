package perturb

import (
	"github.com/sightline/sightline/attribution"
)

// fillOption is the option that every method with a Fill has.
var fillOption = attribution.Option{Name: "fill", Default: "mean", Description: "what replaces a hidden place: mean (zero to the model), blur, black, or a colour R,G,B such as the dataset's mean"}
