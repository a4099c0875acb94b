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
	"runtime"
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
// they stay in the second-level cache until they are copied or converted.
const stripBytes = 192 << 10

// stripRows is the number of rows to read at once: a multiple of 8, the height
// of the strips that libvips itself decodes.
func stripRows(rowBytes int) int { return max(1, stripBytes/8/rowBytes) * 8 }

// decodeVips decodes data, a file of the given kind (C.SL_JPEG, …) whose header
// announces width×height pixels.
func decodeVips(kind C.int, data []byte, width, height int) (*Image, error) {
	return decodeVipsAlpha(kind, data, width, height, false)
}

// decodeVipsAlpha is decodeVips, and divides the colours by alpha if they are
// premultiplied 8-bit RGBA.
func decodeVipsAlpha(kind C.int, data []byte, width, height int, premultiplied bool) (*Image, error) {
	if err := loadVips(); err != nil {
		return nil, err
	}
	vipsErrors.RLock()
	im, err := decodeVipsOnce(kind, data, width, height, premultiplied)
	vipsErrors.RUnlock()
	if err == nil || !errors.Is(err, errVips) {
		return im, err
	}
	vipsErrors.Lock()
	defer vipsErrors.Unlock()
	takeVipsError()
	im, err = decodeVipsOnce(kind, data, width, height, premultiplied)
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
	if message == "" {
		return fmt.Errorf("%w (its pixels are damaged; the decoder says no more)", ErrFormat)
	}
	return fmt.Errorf("%w (%s)", ErrFormat, message)
}

func decodeVipsOnce(kind C.int, data []byte, width, height int, premultiplied bool) (*Image, error) {
	var pinner runtime.Pinner
	defer pinner.Unpin() // libvips keeps the pointer between the calls
	pinner.Pin(&data[0])
	var p C.sl_image
	if C.sl_open(kind, unsafe.Pointer(&data[0]), C.size_t(len(data)), &p) != 0 {
		return nil, errVips
	}
	defer C.sl_close(&p)
	// The limits were checked against our reading of the header.
	if int(p.width) != width || int(p.height) != height {
		return nil, fmt.Errorf("its headers contradict each other: %d×%d and %d×%d pixels: %w", width, height, int(p.width), int(p.height), ErrFormat)
	}
	convert, size, err := stripConverter(p)
	if err != nil {
		return nil, err
	}
	if premultiplied && size == 4 {
		convert = divideByAlpha
	}
	im := newImageUncleared(width, height)
	if err := readStrips(&p, im, size, convert); err != nil {
		im.Release()
		return nil, err
	}
	return im, nil
}

// readStrips fills im from top to bottom; size is the number of bytes of one of
// p's pixels, convert what turns them to RGB, nil if they are.
func readStrips(p *C.sl_image, im *Image, size int, convert func(rgb, strip []byte)) error {
	rowBytes := im.Width * size
	rows := min(im.Height, stripRows(rowBytes))
	var buffer []byte
	if convert != nil {
		buffer = make([]byte, rows*rowBytes)
	}
	for top := 0; top < im.Height; top += rows {
		rows = min(rows, im.Height-top)
		rgb := im.Pix[3*im.Width*top : 3*im.Width*(top+rows)]
		strip := rgb
		if convert != nil {
			strip = buffer[:rows*rowBytes]
		}
		if C.sl_rows(p, C.int(top), C.int(rows), unsafe.Pointer(&strip[0]), C.size_t(len(strip))) != 0 {
			return errVips
		}
		if convert != nil {
			convert(rgb, strip)
		}
	}
	return nil
}

// EncodeJPEG returns the pixels of im, as they are stored, as a JPEG file; quality is 1 to 100.
// Colours are kept at half the resolution below 90, as most programs do.
func EncodeJPEG(im *Image, quality int) ([]byte, error) {
	if err := loadVips(); err != nil {
		return nil, err
	}
	if im.Width <= 0 || im.Height <= 0 || len(im.Pix) != 3*im.Width*im.Height {
		return nil, fmt.Errorf("encode a JPEG of %d×%d pixels: %d bytes of them are there", im.Width, im.Height, len(im.Pix))
	}
	vipsErrors.RLock()
	file, ok := encodeOnce(im, quality)
	vipsErrors.RUnlock()
	if ok {
		return file, nil
	}
	vipsErrors.Lock() // again, alone, so that the message is its own
	defer vipsErrors.Unlock()
	takeVipsError()
	if file, ok = encodeOnce(im, quality); !ok {
		return nil, fmt.Errorf("encode a JPEG of %d×%d pixels: %s", im.Width, im.Height, takeVipsError())
	}
	return file, nil
}

func encodeOnce(im *Image, quality int) (file []byte, ok bool) {
	var pinner runtime.Pinner
	defer pinner.Unpin() // libvips keeps the pointer between its calls
	pinner.Pin(&im.Pix[0])
	var saved unsafe.Pointer
	var length C.size_t
	if C.sl_save_jpeg(unsafe.Pointer(&im.Pix[0]), C.int(im.Width), C.int(im.Height), C.int(quality), &saved, &length) != 0 {
		return nil, false
	}
	defer C.sl_free(saved)
	return C.GoBytes(saved, C.int(length)), true
}
