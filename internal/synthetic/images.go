package synthetic

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// drawings is how many different images are drawn; the files repeat them, each with its
// number in a comment, so that no two are equal.
const drawings = 64

// WriteImages makes the files that a dataset of that many samples names under
// root: a disc on a ground, of another colour and at another place in each
// drawing. Files that are there stay as they are.
func WriteImages(root string, samples int) error {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return err
	}
	drawn, err := draw()
	if err != nil {
		return err
	}
	for i := range samples {
		f, err := os.OpenFile(filepath.Join(root, fileName(i)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		_, err = f.Write(content(drawn, i))
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// content is the file of sample i: a JPEG with a comment behind its first marker.
func content(drawn [][]byte, i int) []byte {
	const marker, comment = 2, "\xff\xfe\x00\x0a%08d"
	image := drawn[i%len(drawn)]
	return append(fmt.Appendf(slices.Clone(image[:marker]), comment, i), image[marker:]...)
}

// draw makes the drawings.
func draw() ([][]byte, error) {
	list := make([][]byte, drawings)
	for i := range list {
		var out bytes.Buffer
		if err := jpeg.Encode(&out, drawing(i), nil); err != nil {
			return nil, err
		}
		list[i] = out.Bytes()
	}
	return list, nil
}

func drawing(number int) image.Image {
	im := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio444)
	ground, disc := shade(number*37), shade(number*101+40)
	cx, cy, radius := width/2+number%8*20-70, height/2+number/8*16-56, 60+number%5*14
	for y := range height {
		for x := range width {
			c := ground
			if (x-cx)*(x-cx)+(y-cy)*(y-cy) < radius*radius {
				c = disc
			}
			i := im.YOffset(x, y)
			im.Y[i], im.Cb[i], im.Cr[i] = c.Y, c.Cb, c.Cr
		}
	}
	return im
}

func shade(number int) color.YCbCr {
	return color.YCbCr{Y: uint8(90 + number%5*30), Cb: uint8(64 + number*29%128), Cr: uint8(64 + number*53%128)}
}
