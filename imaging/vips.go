package imaging

// libvips is LGPL: it is loaded at run time from the file that package native
// extracts, never linked, so that a user may replace it.

// #cgo CFLAGS: -O2
// #cgo LDFLAGS: -ldl
// #include <stdlib.h>
// #include "vips_shim.h"
import "C"

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"unsafe"

	"github.com/sightline/sightline/native"
)

// loadVips starts libvips once a process.
var loadVips = sync.OnceValue(func() error {
	path, err := native.Path(native.Vips)
	if err != nil {
		return err
	}
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	if message := C.sl_vips_load(name); message != nil {
		return fmt.Errorf("load %s (delete it to have it extracted again): %s", path, C.GoString(message))
	}
	return nil
})

// vipsErrors guards libvips' one buffer of messages: decodes hold it for
// reading; one that failed is repeated alone, so that its message is its own.
var vipsErrors sync.RWMutex

// Values of VipsBandFormat and VipsInterpretation in libvips' API.
const (
	vipsUchar  = 0
	vipsUshort = 2
	vipsCMYK   = 15
	vipsLab    = 13
)

// stripBytes is about how many bytes of pixels are read from libvips at once:
// they stay in the second-level cache until they are converted.
const stripBytes = 512 << 10

// decodeVips decodes data, a file of the given kind (C.SL_JPEG, …).
func decodeVips(kind C.int, data []byte) (*Image, error) {
	if err := loadVips(); err != nil {
		return nil, err
	}
	vipsErrors.RLock()
	im, err := decodeVipsOnce(kind, data)
	vipsErrors.RUnlock()
	if err == nil || !errors.Is(err, errVips) {
		return im, err
	}
	vipsErrors.Lock()
	defer vipsErrors.Unlock()
	takeVipsError()
	im, err = decodeVipsOnce(kind, data)
	if errors.Is(err, errVips) {
		err = vipsError(takeVipsError())
	}
	return im, err
}

var errVips = errors.New("libvips failed")

func takeVipsError() string {
	var message [1024]C.char
	C.sl_error(&message[0], C.size_t(len(message)))
	return strings.Join(strings.Fields(C.GoString(&message[0])), " ")
}

// vipsError tells a file that ends too early from one that is wrong.
func vipsError(message string) error {
	lower := strings.ToLower(message)
	for _, sign := range []string{"premature end", "truncat", "unexpected end", "end of stream", "unable to fetch", "out of data", "read error", "eof"} {
		if strings.Contains(lower, sign) {
			return fmt.Errorf("%w (%s)", ErrTruncated, message)
		}
	}
	return fmt.Errorf("%w (%s)", ErrFormat, message)
}

func decodeVipsOnce(kind C.int, data []byte) (*Image, error) {
	var p C.sl_picture
	if C.sl_open(kind, unsafe.Pointer(unsafe.SliceData(data)), C.size_t(len(data)), &p) != 0 {
		return nil, errVips
	}
	defer C.sl_close(&p)
	width, height := int(p.width), int(p.height)
	convert, size, err := stripConverter(p, kind)
	if err != nil {
		return nil, err
	}
	im := newImage(width, height)
	var buffer []byte
	for top, rows := 0, max(1, stripBytes/(width*size)); top < height; top += rows {
		rows = min(rows, height-top)
		out := im.Pix[3*width*top : 3*width*(top+rows)]
		strip := out
		if convert != nil {
			if buffer == nil {
				buffer = make([]byte, rows*width*size)
			}
			strip = buffer[:rows*width*size]
		}
		if C.sl_rows(&p, C.int(top), C.int(rows), unsafe.Pointer(&strip[0]), C.size_t(len(strip))) != 0 {
			return nil, errVips
		}
		if convert != nil {
			convert(out, strip)
		}
	}
	return im, nil
}
