// Package methods lists every saliency method. The families cannot be listed where
// their contract is, in attribution, which they import; so this package stands above
// them. A method of a new family is one import and one line here.
package methods

import (
	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/attention"
	"github.com/sightline/sightline/attribution/cam"
	"github.com/sightline/sightline/attribution/gradient"
	"github.com/sightline/sightline/attribution/perturb"
	"github.com/sightline/sightline/attribution/relevance"
)

// All returns every method with its default options, in the order in which they are
// offered.
func All() attribution.Registry {
	return attribution.Registry{
		Auto{},
		perturb.Occlusion{},
		perturb.RISE{},
		perturb.Factorial{},
		perturb.KernelSHAP{},
		perturb.LIME{},
		perturb.Sobol{},
		cam.GradCAM{},
		cam.HiResCAM{},
		cam.LayerCAM{},
		cam.GradCAMPlusPlus{},
		cam.XGradCAM{},
		cam.EigenCAM{},
		gradient.Gradient{},
		gradient.InputXGradient{},
		gradient.IntegratedGradients{},
		gradient.SmoothGrad{},
		gradient.VarGrad{},
		gradient.ExpectedGradients{},
		relevance.LRP{},
		attention.Attention{},
		gradient.Guided{},
		attention.Rollout{},
	}
}
