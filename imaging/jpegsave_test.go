package imaging

import (
	"bytes"
	"image/jpeg"
	"math"
	"testing"
)

// TestEncodeJPEG has files read back by another decoder: at any size, what comes back is as near
// to the pixels as what the standard library's encoder keeps.
func TestEncodeJPEG(t *testing.T) {
	t.Parallel()
	const quality = 82
	for _, size := range [][2]int{{1, 1}, {17, 9}, {224, 224}, {3, 256}} {
		w, h := size[0], size[1]
		im := &Image{Width: w, Height: h, Pix: make([]uint8, 3*w*h)}
		for i := range w * h {
			im.Pix[3*i], im.Pix[3*i+1], im.Pix[3*i+2] = uint8(40+160*(i%w)/w), uint8(40+160*(i/w)/h), 90
		}
		file, err := EncodeJPEG(im, quality)
		if err != nil {
			t.Fatal(err)
		}
		var other bytes.Buffer
		if err := jpeg.Encode(&other, im.NRGBA(), &jpeg.Options{Quality: quality}); err != nil {
			t.Fatal(err)
		}
		if ours, theirs := apart(t, im, file), apart(t, im, other.Bytes()); ours > 1.2*theirs+0.5 {
			t.Errorf("%d×%d: levels come back %.2f apart, of the other encoder %.2f", w, h, ours, theirs)
		}
	}
	if _, err := EncodeJPEG(&Image{Width: 2, Height: 2, Pix: make([]uint8, 3)}, quality); err == nil {
		t.Error("an image without its pixels was encoded")
	}
}

// apart is the mean difference of an image's levels from those of a JPEG file.
func apart(t *testing.T, im *Image, file []byte) (mean float64) {
	t.Helper()
	back, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil || back.Bounds().Dx() != im.Width || back.Bounds().Dy() != im.Height {
		t.Fatalf("%d×%d came back as %v, %v", im.Width, im.Height, back, err)
	}
	for i := range im.Width * im.Height {
		r, g, b, _ := back.At(i%im.Width, i/im.Width).RGBA()
		for c, v := range []uint32{r, g, b} {
			mean += math.Abs(float64(v>>8) - float64(im.Pix[3*i+c]))
		}
	}
	return mean / float64(len(im.Pix))
}
