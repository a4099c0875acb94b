package imaging

import (
	"fmt"
	"image"
	"math/bits"
	"sync"
)

// Image is a decoded image: 8-bit RGB, in the orientation it is stored in.
type Image struct {
	Width, Height int
	// Pix holds the rows from top to bottom, each Width interleaved RGB
	// triples: len(Pix) == 3*Width*Height.
	Pix []uint8
	// Orientation tells how the pixels must be turned to be displayed.
	Orientation Orientation
}

func newImage(width, height int) *Image {
	return &Image{Width: width, Height: height, Pix: make([]uint8, 3*width*height)}
}

// row returns the pixels of row y.
func (im *Image) row(y int) []uint8 {
	return im.Pix[3*im.Width*y : 3*im.Width*(y+1)]
}

// Orientation is the EXIF tag 0x0112: 1 (or 0) is upright, 2 mirrored left to
// right, 3 turned by 180°, 4 mirrored top to bottom, 5 transposed, 6 must be
// turned clockwise by 90°, 7 transposed across the other diagonal, 8 must be
// turned counter-clockwise by 90°. Other values count as upright.
type Orientation uint8

// Rotated reports whether an upright display differs from the stored pixels.
func (o Orientation) Rotated() bool { return o >= 2 && o <= 8 }

// Swaps reports whether upright width and height are the stored height and width.
func (o Orientation) Swaps() bool { return o >= 5 && o <= 8 }

// Upright returns the displayed size of an image of stored size w×h.
func (o Orientation) Upright(w, h int) (int, int) {
	if o.Swaps() {
		return h, w
	}
	return w, h
}

// matrix returns the affine map from stored to displayed pixel coordinates
// (continuous, pixel centres at +0.5) of an image of stored size w×h.
func (o Orientation) matrix(w, h int) [6]float64 {
	W, H := float64(w), float64(h)
	switch o {
	case 2:
		return [6]float64{-1, 0, W, 0, 1, 0}
	case 3:
		return [6]float64{-1, 0, W, 0, -1, H}
	case 4:
		return [6]float64{1, 0, 0, 0, -1, H}
	case 5:
		return [6]float64{0, 1, 0, 1, 0, 0}
	case 6:
		return [6]float64{0, -1, H, 1, 0, 0}
	case 7:
		return [6]float64{0, -1, H, -1, 0, W}
	case 8:
		return [6]float64{0, 1, 0, -1, 0, W}
	}
	return [6]float64{1, 0, 0, 0, 1, 0}
}

// ToUpright maps a point of an image of stored size w×h to where it is
// displayed; both continuous, pixel centres at +0.5.
func (o Orientation) ToUpright(x, y float64, w, h int) (float64, float64) {
	return affine(o.matrix(w, h)).apply(x, y)
}

// ToStored is the inverse of ToUpright; w and h are still the stored size.
func (o Orientation) ToStored(x, y float64, w, h int) (float64, float64) {
	return affine(o.matrix(w, h)).invert().apply(x, y)
}

// Upright returns the image as it is displayed, with Orientation 1: im itself
// if it is upright already, else a turned copy.
func (im *Image) Upright() *Image {
	if !im.Orientation.Rotated() {
		return im
	}
	w, h := im.Orientation.Upright(im.Width, im.Height)
	out := newImage(w, h)
	out.Orientation = 1
	// Walk the stored pixels; the target moves by constant steps.
	m := im.Orientation.matrix(im.Width, im.Height)
	stepX := 3 * (int(m[0]) + int(m[3])*w)
	stepY := 3 * (int(m[1]) + int(m[4])*w)
	x0, y0 := affine(m).apply(0.5, 0.5)
	first := 3 * (int(x0) + int(y0)*w)
	for y := range im.Height {
		at := first + y*stepY
		row := im.row(y)
		for i := 0; i < len(row); i += 3 {
			copy(out.Pix[at:at+3], row[i:i+3])
			at += stepX
		}
	}
	return out
}

// Clone is a copy of the image, in memory that Release gives back.
func (im *Image) Clone() *Image {
	out := newImageUncleared(im.Width, im.Height)
	out.Orientation = im.Orientation
	copy(out.Pix, im.Pix)
	return out
}

// String describes the image for messages and tests.
func (im *Image) String() string {
	return fmt.Sprintf("%d×%d, orientation %d", im.Width, im.Height, im.Orientation)
}

// NRGBA returns a copy of the pixels as an opaque standard library image, in the
// stored orientation.
func (im *Image) NRGBA() *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, im.Width, im.Height))
	for i, j := 0, 0; i+3 <= len(im.Pix); i, j = i+3, j+4 {
		o, p := out.Pix[j:j+4:j+4], im.Pix[i:i+3:i+3]
		o[0], o[1], o[2], o[3] = p[0], p[1], p[2], 255
	}
	return out
}

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
