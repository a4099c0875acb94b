// Package autodiff differentiates ONNX graphs: a forward graph in, one graph with
// the forward and the backward pass out, made of ordinary operators at opset 18,
// so that any ONNX runtime computes gradients without knowing it.
//
// # Use
//
// [Gradient] takes a model in canonical form (package onnx/canonical), the name
// of a tensor to differentiate and those to differentiate with respect to. The
// new graph has one more input, the seed: the weights with which the elements of
// the differentiated tensor are summed. A seed of one-hot rows gives the gradient
// of one class's logit per sample, +1 and −1 that of a contrast; samples of a
// batch stay independent where the model keeps them so.
//
// # Rules
//
// A [Rule] emits what an operator's inputs receive from its outputs' gradients;
// there is one function per operator, one file per family, and a family is a
// table. [Plain] puts all tables together. A rule set is data: [Rules.With]
// replaces rules, as guided backpropagation or relevance propagation do. A new
// operator is one function, one line in its family's table, and its cases in the
// finite-difference test.
//
// Formulas use an operator's output rather than its input where both can, so that
// runtimes still fuse the forward pass. Masks are HardSigmoid of a steep slope
// times the gradient, which keeps the runtime's fast tensor layout; operators that
// would leave it are emitted as convolutions where images are in that layout, and
// strided convolutions are transposed as convolutions of stride 1. A kink's
// derivative is 0 where both sides are possible, as usual.
//
// # Other rule sets
//
// [Guided] and [Deconvnet] are the plain rules with another one for Relu.
// [Relevance] makes the rules of a [Composite] of layer-wise relevance
// propagation: a [LinearRule] per kind of weighted layer ([Epsilon], [Gamma],
// [ZPlus], [AlphaBeta], and for the first layer [Flat]). What a tape
// then carries is relevance divided by the tensor's value, for which most plain
// rules hold as they are. A product of two values that both depend on the image,
// where neither is a gate, is a [*RelevanceError].
//
// An operator on the way without a rule is a [*MissingRuleError]; what a rule
// cannot do is an error that names the node. There are no approximations: never a
// wrong map.
package autodiff
