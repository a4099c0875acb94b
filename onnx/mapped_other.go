//go:build !unix

package onnx

func mapped(path string) (b []byte, inPlace bool, err error) {
	b, err = readFile(path)
	return b, false, err
}
