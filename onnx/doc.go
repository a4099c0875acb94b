// Package onnx reads, inspects, rewrites and writes ONNX models without a
// runtime and without generated code.
//
// # Representation
//
// A [Model] holds one [Graph]; a Graph holds [Node]s in topological order, the
// initialisers (constant [Tensor]s, by name), and the declared inputs, outputs
// and intermediate [Value]s. Names connect everything, as in the format itself:
// the name is the tensor. [Graph.Index] gives the producer and the consumers of
// each name, with those that sit in subgraphs (If, Loop, Scan).
//
// The representation is the format's, tidied: constant data is always
// little-endian bytes ([Tensor.Raw]) whatever field it was stored in, and fields
// this package does not know are kept and written back. Reading aliases the
// file's bytes and writing refers to them, so weights are copied once, into the
// output buffer.
//
// # What it is for
//
// [ReadFile] tells a model from the things that are found under a model's name
// (a Git LFS pointer, a web page, half a download) and says what to do. The
// analysis functions find what a classifier's user cares about: which tensor is
// the logit ([Graph.Logit]), which the penultimate embedding
// ([Graph.Embedding]). The rewriting functions give a graph a free batch
// dimension ([Graph.FreeBatch]) and extra outputs ([Graph.AddOutput]).
//
// The format is described at https://onnx.ai/onnx/repo-docs/IR.html; field
// numbers are those of onnx.proto (IR version 13).
package onnx
