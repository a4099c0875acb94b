// Command alike measures how many changed copies of images fingerprints find, and how many pairs of different images they
// take for the same: go run ./bench/alike FOLDER… Each folder is a set of images; its pairs are listed with -list.
package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/imaging/fingerprint"
)

func main() {
	list := flag.Bool("list", false, "list the pairs")
	most := flag.Int("most", 500, "images of a folder, evenly chosen")
	flag.Parse()
	for _, dir := range flag.Args() {
		if err := measure(context.Background(), dir, *most, *list); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// changes are the ways in which a copy may differ.
func changes() []change {
	return []change{
		{"JPEG 40", func(im *imaging.Image) *imaging.Image { return encoded(im, 40) }},
		{"halved", func(im *imaging.Image) *imaging.Image {
			return encoded(imaging.Resize(im, max(1, im.Width/2), max(1, im.Height/2), imaging.Bilinear, true), 85)
		}},
		{"squashed", func(im *imaging.Image) *imaging.Image { return imaging.Resize(im, 160, 160, imaging.Bilinear, true) }},
		{"brighter", func(im *imaging.Image) *imaging.Image { return lit(im, func(v float64) float64 { return 1.2*v + 15 }) }},
		{"darker", func(im *imaging.Image) *imaging.Image {
			return lit(im, func(v float64) float64 { return 255 * math.Pow(v/255, 1.4) })
		}},
		{"cropped 2 %", func(im *imaging.Image) *imaging.Image { return cropped(im, 0.02) }},
		{"cropped 5 %", func(im *imaging.Image) *imaging.Image { return cropped(im, 0.05) }},
	}
}

type change struct {
	name string
	make func(*imaging.Image) *imaging.Image
}

func measure(ctx context.Context, dir string, most int, list bool) error {
	paths, err := images(dir)
	if err != nil {
		return err
	}
	step := max(1, (len(paths)+most-1)/most)
	var prints []fingerprint.Print
	var used []string
	plain := 0
	found := make([]int, len(changes()))
	for i := 0; i < len(paths); i += step {
		data, err := os.ReadFile(paths[i])
		if err != nil {
			return err
		}
		im, err := imaging.Decode(data, imaging.Limits{})
		if err != nil {
			continue
		}
		im = im.Upright()
		p := fingerprint.Of(im)
		prints, used = append(prints, p), append(used, paths[i])
		if p.Plain() {
			plain++
		}
		if err := recognise(ctx, im, p, found); err != nil {
			return err
		}
	}
	pairs, all, err := fingerprint.Alike(ctx, prints, 20*len(prints))
	if err != nil {
		return err
	}
	n := len(prints)
	fmt.Printf("%s: %d images, %d too plain, %d pairs, %d taken for the same (all told: %v)\n", dir, n, plain, n*(n-1)/2, len(pairs), all)
	for k, c := range changes() {
		fmt.Printf("  %-12s %5.1f %%\n", c.name, 100*float64(found[k])/float64(n))
	}
	for _, p := range pairs {
		if list {
			fmt.Printf("  %3d %2d %s %s\n", p.Distance, prints[p.A].Tint(prints[p.B]), used[p.A], used[p.B])
		}
	}
	return nil
}

// recognise counts, by kind of change, whether a changed image is taken for the same.
func recognise(ctx context.Context, im *imaging.Image, p fingerprint.Print, found []int) error {
	for k, c := range changes() {
		pairs, _, err := fingerprint.Alike(ctx, []fingerprint.Print{p, fingerprint.Of(c.make(im))}, 1)
		if err != nil {
			return err
		}
		found[k] += len(pairs)
	}
	return nil
}

func images(dir string) (paths []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if slices.Contains([]string{".jpg", ".jpeg", ".png", ".bmp", ".ppm"}, strings.ToLower(filepath.Ext(path))) {
			paths = append(paths, path)
		}
		return err
	})
	return paths, err
}

func encoded(im *imaging.Image, quality int) *imaging.Image {
	file, err := imaging.EncodeJPEG(im, quality)
	if err == nil {
		im, err = imaging.Decode(file, imaging.Limits{})
	}
	if err != nil {
		panic(err) // of pixels that were decoded
	}
	return im
}

func lit(im *imaging.Image, light func(float64) float64) *imaging.Image {
	out := im.Clone()
	for i, v := range out.Pix {
		out.Pix[i] = uint8(min(255, max(0, light(float64(v)))))
	}
	return out
}

func cropped(im *imaging.Image, part float64) *imaging.Image {
	dx, dy := int(part*float64(im.Width)), int(part*float64(im.Height))
	out := &imaging.Image{Width: im.Width - 2*dx, Height: im.Height - 2*dy}
	for y := dy; y < im.Height-dy; y++ {
		out.Pix = append(out.Pix, im.Pix[3*(y*im.Width+dx):3*((y+1)*im.Width-dx)]...)
	}
	return out
}
