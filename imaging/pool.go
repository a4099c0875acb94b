package imaging

import (
	"math/bits"
	"sync"
)

// pixels keeps the buffers of released images by the length of their size in
// bits: allocating and clearing them would cost a tenth of decoding.
var pixels [bits.UintSize + 1]sync.Pool

// newImageUncleared is newImage for callers that write every pixel.
func newImageUncleared(width, height int) *Image {
	size := 3 * width * height
	if buffer, ok := pixels[bits.Len(uint(size))].Get().(*[]uint8); ok && cap(*buffer) >= size {
		return &Image{Width: width, Height: height, Pix: (*buffer)[:size]}
	}
	return newImage(width, height)
}

// Release gives the pixels back for another image to use. Calling it is
// optional; after it neither im nor any slice of its Pix may be used.
func (im *Image) Release() {
	buffer := im.Pix
	im.Pix = nil
	if cap(buffer) > 0 {
		pixels[bits.Len(uint(cap(buffer)))].Put(&buffer)
	}
}
