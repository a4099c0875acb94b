// Package kernels holds operators for ONNX Runtime that gradients are made of and
// that the standard operators can only compute by several passes over memory: a
// gradient behind a bounded activation (Gate) or a swish (SwishGradient), behind a
// MaxPool (PoolGradient), behind a strided convolution (Interleave), behind
// channels that are weighed by what they are on average (Scale, ChannelDot), and behind
// a Concat (ChannelSlice). Package fuse puts them in the place of the ordinary
// operators.
//
// They are written in C, because the runtime calls them by its C interface; its
// header comes with the binding's module and is copied to native/include by `make
// setup`. The runtime keeps images in blocks of 8 or 16 channels,
// [N, C/block, H, W, block], under a shape that says [N, C, H, W]: where operators
// care, they have an attribute block, which is 1 for images as ONNX has them.
package kernels
