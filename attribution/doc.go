// Package attribution explains one prediction of one image: which places of the
// picture made the model's score what it is. The result is a Map of raw, signed
// float32 values at the method's own resolution, with the transform from its
// cells to the displayed picture. Nothing is normalised here.
//
// What is explained is a Target: one class's logit (where a model hides its
// logits, the log-probability), or the difference of two.
//
// Methods work on any model through a Scorer, which is only asked for scores.
// The perturbation methods (occlusion, RISE) are pairs of a design, which says
// what to hide in perturbation i, and an estimator, which turns what was hidden
// and what the model then said into one value per cell; perturb.go runs any such
// pair. A further method is one more file and one line in methods.go.
//
// docs/saliency.md explains all of it for a reader who is new to saliency maps.
package attribution
