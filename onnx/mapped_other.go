//go:build !unix

package onnx

func mapped(path string) ([]byte, error) { return readFile(path) }
