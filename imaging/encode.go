package imaging

// #include "vips_shim.h"
import "C"

import (
	"fmt"
	"runtime"
	"unsafe"
)

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
