// Package attribution explains one prediction of one image: which parts of the
// image made the model's score what it is. The result is a Map of raw, signed
// float32 values at the method's own resolution, with the transform from its
// cells to the displayed image. Nothing is normalised here.
//
// What is explained is a Target: one class's logit (where a model hides its
// logits, the log-probability), or the difference of two.
//
// This package is the contract: Scorer and Differentiable (the model), Request and
// Target (the question), Method and Card (who answers), Map (the answer). The
// methods are in families:
//
//   - perturb hides parts of the image and needs nothing but scores;
//   - cam weighs the values of one layer;
//   - gradient takes one gradient or many at the input;
//   - relevance hands the score back through the layers (LRP);
//   - attention follows the attention of a vision transformer.
//
// attribution/methods lists them all and chooses among them (auto);
// docs/saliency.md explains them for a reader who is new to saliency maps.
package attribution
