package ort

import (
	"errors"
	"reflect"
	"sync"

	"github.com/sightline/sightline/native"
	"github.com/sightline/sightline/ort/kernels"
	rt "github.com/yalue/onnxruntime_go"
)

var loadKernels = sync.OnceValue(func() error {
	path, err := native.Path(native.ONNXRuntime)
	if err != nil {
		return err
	}
	return kernels.Load(path)
})

// addKernels makes package kernels' operators known to sessions with the options.
// The binding has no function for it: the runtime's own options are taken out of
// it, and a test fails should another version of it keep them elsewhere.
func addKernels(options *rt.SessionOptions) error {
	if err := loadKernels(); err != nil {
		return err
	}
	handle := reflect.ValueOf(options).Elem().FieldByName("o")
	if !handle.IsValid() || handle.Kind() != reflect.Pointer || handle.IsNil() {
		return errors.New("the ONNX Runtime binding keeps its session options in another way than this build knows")
	}
	return kernels.Add(handle.UnsafePointer())
}
