// Package fuse opens graphs of gradients so that they run faster. Ordinary
// operators, which package autodiff emits so that any runtime can run its graphs,
// take several passes over memory for what one could do. ONNX Runtime first lays a
// graph out for the machine, with images in blocks of channels; in what it then
// writes down, groups of operators are replaced by those of package kernels, which
// read the blocks where they are:
//
//   - Gate for a gradient times a step function, or two, of an activation;
//   - SwishGradient for a gradient behind x times its logistic function;
//   - PoolGradient for the gradient of a MaxPool;
//   - Interleave for the images that a strided convolution's gradient is made of, one
//     per position of a stride, or for one of them with zeros between its pixels;
//   - Scale for an image times a factor per channel, and plus a summand per channel,
//     and ChannelDot for the sum of a product over the pixels of every channel: what
//     squeeze-and-excitation is made of, forward and backward;
//   - ChannelSlice for some channels of an image, behind a Concat.
//
// Constants that are added to what a convolution makes become its bias, and what is
// done value by value between all of these stays in blocks too.
//
// The results are the same, but for the order in which ChannelDot adds up. What is
// not recognised stays as it is, and a graph in which nothing is found, or that cannot
// be laid out twice, is opened as it is.
package fuse
