package cam

import (
	"github.com/sightline/sightline/attribution"
	"math"
)

// The gradient-weighted kinds of CAM. A is a layer's values, g the gradient of the
// explained score there; i is a place, c a channel; Σ runs over channels unless it
// says otherwise. All are before the ReLU that their papers end with.

// aware is part of the kinds that tell one class from another.
type aware struct{}

func (aware) blind() bool { return false }

// GradCAM weighs a layer's channels by the mean gradient of the score:
// Σ mean_i(g_ci)·A_ci (Selvaraju et al. 2017, "Grad-CAM: visual explanations from
// deep networks via gradient-based localization", equations 1 and 2).
type GradCAM = CAM[gradCAM]

type gradCAM struct{ aware }

func (gradCAM) card() attribution.Card {
	return attribution.Card{
		Name: "gradcam", Title: "Grad-CAM",
		Description: "Finds the features in the model's last layer that speak for the class. Shows where in the image they were found. Coarse, quick, " +
			"and the usual first look.",
		Cost: "1 run of the model, and a small part of one per target",
		Failures: "A channel has one weight for all places. Where the model reads a feature differently in different places, the map may show places " +
			"that it did not use (HiResCAM does not). Two objects of a class blur into one. Coarse maps cannot tell an outline from its " +
			"surroundings.",
		Paper: "Selvaraju et al., Grad-CAM: visual explanations from deep networks via gradient-based localization, ICCV 2017",
	}
}

func (gradCAM) combine(g Grid, values, gradient, out []float32) {
	g.Weigh(values, g.ChannelMeans(gradient), out)
}

// HiResCAM multiplies values and gradient place by place: Σ g_ci·A_ci (Draelos &
// Carin 2020, "Use HiResCAM instead of Grad-CAM for faithful explanations of
// convolutional neural networks"). Where the layer is followed by one linear
// layer, it adds up to the score less the bias.
type HiResCAM = CAM[hiResCAM]

type hiResCAM struct{ aware }

func (hiResCAM) card() attribution.Card {
	return attribution.Card{
		Name: "hirescam", Title: "HiResCAM",
		Description: "Like Grad-CAM, but every place is weighed by its own gradient. Where only a linear layer follows, the map adds up to the score " +
			"exactly. After global average pooling it equals Grad-CAM.",
		Cost: "1 run of the model, and a small part of one per target",
		Failures: "Where several layers follow, gradients of single places are rougher than their means. The map is then noisier than Grad-CAM's. " +
			"Coarse, like every CAM.",
		Paper: "Draelos & Carin, Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional neural networks, 2020",
	}
}

// left is the part of what the map sums that its largest place keeps. After a normalisation over
// channels it is nothing but rounding and ε: the gradient is orthogonal to the values.
func (hiResCAM) left(g Grid, values, gradient []float32) float64 {
	sums, sizes := make([]float32, g.Height*g.Width), make([]float32, g.Height*g.Width)
	g.Products(values, gradient, sums, func(a, slope float64) float64 { return slope * a })
	g.Products(values, gradient, sizes, func(a, slope float64) float64 { return math.Abs(slope * a) })
	sum, size := 0.0, 0.0
	for i := range sums {
		sum, size = math.Max(sum, math.Abs(float64(sums[i]))), math.Max(size, float64(sizes[i]))
	}
	if size == 0 {
		return 1
	}
	return sum / size
}

func (hiResCAM) combine(g Grid, values, gradient, out []float32) {
	g.Products(values, gradient, out, func(a, slope float64) float64 { return slope * a })
}

// LayerCAM is HiResCAM with only the positive gradients: Σ max(g_ci, 0)·A_ci
// (Jiang et al. 2021, "LayerCAM: exploring hierarchical class activation maps for
// localization", equations 5 to 7).
type LayerCAM = CAM[layerCAM]

type layerCAM struct{ aware }

func (layerCAM) card() attribution.Card {
	return attribution.Card{
		Name: "layercam", Title: "LayerCAM",
		Description: "Counts, place by place, only the features whose growth would raise the score. Made for earlier, finer layers too: choose one with " +
			"the option layer.",
		Cost: "1 run of the model, and a small part of one per target",
		Failures: "What speaks against the class is left out. The map therefore adds up to nothing, and two classes look more alike. At early layers " +
			"it follows edges.",
		Paper: "Jiang et al., LayerCAM: exploring hierarchical class activation maps for localization, IEEE TIP 2021",
	}
}

func (layerCAM) combine(g Grid, values, gradient, out []float32) {
	g.Products(values, gradient, out, func(a, slope float64) float64 { return max(slope, 0) * a })
}

// GradCAMPlusPlus weighs channels by a weighted mean of their positive gradients:
// Σ w_c·A_ci with w_c = Σ_i α_ci·max(g_ci, 0), α = g² ÷ (2g² + g³·Σ_i A_ci)
// (Chattopadhyay et al. 2018, "Grad-CAM++: generalized gradient-based visual
// explanations for deep convolutional networks", equations 10 and 19 for an
// exponential of the score). α is zero where its denominator is.
type GradCAMPlusPlus = CAM[gradCAMPlusPlus]

type gradCAMPlusPlus struct{ aware }

func (gradCAMPlusPlus) card() attribution.Card {
	return attribution.Card{
		Name: "gradcampp", Title: "Grad-CAM++",
		Description: "Like Grad-CAM, but a feature counts by where it speaks for the class. Meant to show several objects of one class, each as much as " +
			"the largest.",
		Cost: "1 run of the model, and a small part of one per target",
		Failures: "Ignores what speaks against the class. Maps of different classes look alike: it is close to averaging positive gradients (Lerma & " +
			"Lucas 2022). Needs values that are not negative: after GELU its weights can explode.",
		Paper: "Chattopadhyay et al., Grad-CAM++: generalized gradient-based visual explanations, WACV 2018",
	}
}

func (gradCAMPlusPlus) combine(g Grid, values, gradient, out []float32) {
	plusPlus(g, values, gradient, out, 0)
}

// plusPlus is Grad-CAM++ with a number added to the denominator of α: other
// programs add 1e-6, which is not small beside the squares of gradients after an
// average pooling, and makes the map depend on the scores' scale.
func plusPlus(g Grid, values, gradient, out []float32, epsilon float64) {
	sums, weights := g.ChannelMeans(values), make([]float64, g.Channels)
	for c := range sums {
		sums[c] *= float64(g.Height * g.Width)
	}
	g.Each(func(_, i int) {
		for c := range weights {
			slope := float64(gradient[i+c*g.ChannelStride])
			if below := 2*slope*slope + sums[c]*slope*slope*slope + epsilon; slope > 0 && below != 0 {
				weights[c] += slope * slope / below * slope
			}
		}
	})
	g.Weigh(values, weights, out)
}

// XGradCAM weighs channels by their gradient where they are active:
// Σ w_c·A_ci with w_c = Σ_i g_ci·A_ci ÷ Σ_i A_ci (Fu et al. 2020, "Axiom-based
// Grad-CAM: towards accurate visualization and explanation of CNNs", equation 8).
// A channel that sums to zero is left out.
type XGradCAM = CAM[xGradCAM]

type xGradCAM struct{ aware }

func (xGradCAM) card() attribution.Card {
	return attribution.Card{
		Name: "xgradcam", Title: "XGrad-CAM",
		Description: "Like Grad-CAM, but each channel's gradient is averaged over the places where the channel is active. For networks of ReLUs the map " +
			"nearly adds up to the score.",
		Cost:     "1 run of the model, and a small part of one per target",
		Failures: "Equals Grad-CAM after global average pooling. Where values have both signs, channels that nearly sum to zero get huge weights.",
		Paper:    "Fu et al., Axiom-based Grad-CAM: towards accurate visualization and explanation of CNNs, BMVC 2020",
	}
}

func (xGradCAM) combine(g Grid, values, gradient, out []float32) {
	above, below := make([]float64, g.Channels), make([]float64, g.Channels)
	g.Each(func(_, i int) {
		for c := range above {
			a := float64(values[i+c*g.ChannelStride])
			above[c] += float64(gradient[i+c*g.ChannelStride]) * a
			below[c] += a
		}
	})
	for c := range above {
		if below[c] != 0 {
			above[c] /= below[c]
		} else {
			above[c] = 0
		}
	}
	g.Weigh(values, above, out)
}
