// Package ort runs ONNX models through ONNX Runtime, whose shared library is
// embedded in the binary (package native). It is the only package that touches
// the runtime: everything else deals in [Tensor]s and [Session]s.
//
// The library is loaded on first use, once per process, with telemetry off.
// Sessions run on the CPU with all graph optimisations, sequentially, with a
// stated number of threads; a Session is safe for concurrent use.
//
// What the runtime says when it refuses a model is turned into an [*Error] that
// names the operator or version in question and what to do.
package ort
