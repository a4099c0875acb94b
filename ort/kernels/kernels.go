package kernels

/*
#cgo CFLAGS: -O3 -I${SRCDIR}/../../native/include
#cgo LDFLAGS: -ldl
#include <stdlib.h>

const char *kernels_load(const char *library);
const char *kernels_add(void *options);
*/
import "C"

import (
	"fmt"
	"unsafe"
)

// Domain is the operators' domain, and Version the version to import of it.
const (
	Domain  = "sightline"
	Version = 1
)

// Load readies the operators for the runtime's library, which must have been loaded
// from that path. It is called once per process.
func Load(library string) error {
	path := C.CString(library)
	defer C.free(unsafe.Pointer(path))
	if why := C.kernels_load(path); why != nil {
		return fmt.Errorf("add Sightline's operators to ONNX Runtime (%s): %s", library, C.GoString(why))
	}
	return nil
}

// Add makes the operators known to a session that is opened with the options, a
// pointer to the runtime's OrtSessionOptions.
func Add(options unsafe.Pointer) error {
	if why := C.kernels_add(options); why != nil {
		return fmt.Errorf("add Sightline's operators to a session: %s", C.GoString(why))
	}
	return nil
}
