package main

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sightline/sightline/imaging"
)

// classes is how many folders the photographs lie in.
const classes = 10

// makePhotos writes n JPEGs of a size into class folders of dir, made of those in source; each has
// its number in a comment, so that no two are equal. Without a source they are drawn.
func makePhotos(source, dir string, n, width, height int) error {
	if found, _ := filepath.Glob(filepath.Join(dir, "*", "*.jpg")); len(found) == n {
		return nil
	}
	files, err := photosIn(source)
	if err != nil {
		return err
	}
	made := map[int][]byte{}
	for i := range n {
		which := i % max(len(files), 64)
		if len(files) > 0 {
			which = i % len(files)
		}
		if made[which] == nil {
			if made[which], err = photo(files, which, width, height); err != nil {
				return err
			}
		}
		const marker = 2 // bytes before the first segment
		content := fmt.Appendf(slices.Clone(made[which][:marker]), "\xff\xfe\x00\x0a%08d", i)
		folder := filepath.Join(dir, fmt.Sprintf("class%d", i%classes))
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%06d.jpg", i)), append(content, made[which][marker:]...), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// photosIn lists the JPEGs under a folder, none for "".
func photosIn(folder string) (files []string, err error) {
	if folder == "" {
		return nil, nil
	}
	err = filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if ext := strings.ToLower(filepath.Ext(path)); ext == ".jpg" || ext == ".jpeg" {
			files = append(files, path)
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("no JPEG lies under %s", folder)
	}
	return files, err
}

// photo is one of the files, or a drawing, at the size.
func photo(files []string, which, width, height int) ([]byte, error) {
	im := drawn(which, 320, 240)
	if len(files) > 0 {
		content, err := os.ReadFile(files[which])
		if err == nil {
			im, err = imaging.Decode(content, imaging.Limits{})
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", files[which], err)
		}
		im = im.Upright()
	}
	if im.Width != width || im.Height != height {
		im = imaging.Resize(im, width, height, imaging.Bilinear, true)
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, im.NRGBA(), &jpeg.Options{Quality: 90})
	return b.Bytes(), err
}

// drawn is waves with the noise of a camera.
func drawn(which, width, height int) *imaging.Image {
	random := rand.New(rand.NewPCG(1, uint64(which)))
	im := &imaging.Image{Width: width, Height: height, Pix: make([]uint8, 3*width*height)}
	for c := range 3 {
		fx, fy, phase := random.Float64()/8, random.Float64()/8, 6*random.Float64()
		for i := range width * height {
			x, y := float64(i%width), float64(i/width)
			v := 128 + 70*math.Sin(fx*x+fy*y+phase) + 30*math.Cos(fy*x*y/50) + 5*random.NormFloat64()
			im.Pix[3*i+c] = uint8(min(255, max(0, v)))
		}
	}
	return im
}
