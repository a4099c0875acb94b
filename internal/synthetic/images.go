package synthetic

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
)

// drawings is how many different images WriteImages draws; the other files are
// links to them, so that a large dataset takes the room of a small one.
const drawings = 64

// WriteImages makes the files that a dataset of that many samples names under
// root: a disc on a ground, of another colour and at another place in each
// drawing. Files that are there stay as they are.
func WriteImages(root string, samples int) error {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return err
	}
	for i := range min(samples, drawings) {
		if err := draw(filepath.Join(root, fileName(i)), i); err != nil {
			return err
		}
	}
	for i := drawings; i < samples; i++ {
		err := os.Link(filepath.Join(root, fileName(i%drawings)), filepath.Join(root, fileName(i)))
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("linking the images of %s: %w; choose a folder whose file system has hard links", root, err)
		}
	}
	return nil
}

func draw(path string, number int) error {
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
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(jpeg.Encode(f, im, nil), f.Close())
}

func shade(number int) color.YCbCr {
	return color.YCbCr{Y: uint8(90 + number%5*30), Cb: uint8(64 + number*29%128), Cr: uint8(64 + number*53%128)}
}
