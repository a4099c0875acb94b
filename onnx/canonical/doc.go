// Package canonical rewrites ONNX models of opset 7 to 24 to one small dialect
// at opset 18, so that what reads graphs afterwards (package autodiff) needs one
// rule per idea and not one per exporter.
//
// # The dialect
//
//   - Weights are initialisers only: neither graph inputs nor Constant nodes.
//   - What newer operator sets pass as inputs is an input: axes, pads, slices,
//     Clip's bounds, the sizes of a Split. Where it can be known it is a constant.
//   - Shapes are static but for the batch ([Shape]); shape arithmetic is gone,
//     except where a computed shape holds the batch and more (Expand to it), and
//     Flatten, Squeeze and Unsqueeze are Reshape with a constant target.
//   - Convolutions and pools state kernel, strides, dilations and pads.
//   - Softmax and LogSoftmax have the meaning of opset 13: along one axis.
//   - BatchNormalization is folded into the convolution before it, or is Mul and
//     Add; Identity and Dropout are gone; an If with a constant condition is its
//     branch; HardSwish, Gelu, Mish and the like are spelled out.
//   - float16 is float32: weights, the graph's inputs and outputs as well.
//   - An image of bytes is float32 too, where [Options] ask for it.
//   - Quantised operators are float operators between DequantizeLinear and
//     QuantizeLinear; quantised weights pass a DequantizeLinear.
//
// A rewritten model computes what the original computes; the tests compare both
// under ONNX Runtime. An operator that has no canonical form is kept as it is,
// its result then has no known [Type].
//
// # How
//
// Nodes are taken in order. A lowering (one function per operator, in a table)
// emits canonical nodes; each emitted node gets its result types from a second
// table and is evaluated if its value can be known ("partial evaluation"), the
// batch being a symbol.
package canonical
