package probing

import (
	"fmt"

	"github.com/sightline/sightline/imaging"
)

// asIs says whether every image has the model's size, so that there is nothing to resize.
func (p *Problem) asIs() bool {
	for _, s := range p.Sizes {
		if s != [2]int{p.Width, p.Height} {
			return false
		}
	}
	return len(p.Sizes) > 0
}

func (p *Problem) square() bool {
	for _, s := range p.Sizes {
		if s[0] != s[1] {
			return false
		}
	}
	return p.Width == p.Height
}

// stretched returns the settings with the image stretched to the input.
func (p *Problem) stretched(s imaging.Preprocessing) imaging.Preprocessing {
	s.DoResize, s.Size, s.CropPct = true, imaging.Size{Height: p.Height, Width: p.Width}, 0
	s.DoCenterCrop, s.CropSize, s.DoPad, s.PadSize = false, imaging.Size{}, false, imaging.Size{}
	return s
}

// cropped returns the settings with the short side resized to edge and the centre cropped.
func (p *Problem) cropped(s imaging.Preprocessing, edge int) imaging.Preprocessing {
	s = p.stretched(s)
	s.Size = imaging.Size{ShortestEdge: edge}
	s.DoCenterCrop, s.CropSize = true, imaging.Size{Height: p.Height, Width: p.Width}
	if s.CropRounding == "" {
		s.CropRounding = imaging.RoundTorchvision
	}
	return s
}

func (p *Problem) padded(s imaging.Preprocessing) imaging.Preprocessing {
	s = p.stretched(s)
	s.Size = imaging.Size{LongestEdge: max(p.Width, p.Height)}
	s.DoPad, s.PadSize = true, imaging.Size{Height: p.Height, Width: p.Width}
	return s
}

// crops are the shares of the resized short side that are kept, after torchvision's and timm's
// usual ones.
var crops = []float64{0.875, 1}

// tryCrops lists the ways to bring images to the input's size. Where all have it, they are
// taken as they are: nothing else is usual.
func tryCrops(p *Problem, o option) (list []option) {
	at := func(name string, s imaging.Preprocessing) option {
		o.kind, o.crop, o.prepared = o.kind+"; "+name, name, s
		return o
	}
	if p.asIs() {
		return []option{at("as is", p.stretched(o.prepared))}
	}
	side := max(p.Width, p.Height)
	for _, share := range crops {
		if share == 1 && p.square() {
			continue // the same as stretched
		}
		edge := int(float64(side)/share + 0.5)
		list = append(list, at(fmt.Sprintf("short side %d, centre", edge), p.cropped(o.prepared, edge)))
	}
	stretched := at("stretched", p.stretched(o.prepared))
	if side < wholePhotos || p.Hints.TensorFlow {
		list = append([]option{stretched}, list...)
	} else {
		list = append(list, stretched)
	}
	if !p.square() && p.Width == p.Height {
		list = append(list, at("letterbox", p.padded(o.prepared)))
	}
	return list
}

// wholePhotos is the side below which models are trained on whole images rather than on crops.
const wholePhotos = 160

// filters are the usual ones, by how usual they are.
var filters = []struct {
	name      string
	filter    imaging.Filter
	antialias bool
}{
	{"bilinear", imaging.Bilinear, true},
	{"bicubic", imaging.Bicubic, true},
	{"bilinear without antialiasing", imaging.Bilinear, false},
	{"nearest", imaging.Nearest, true},
	{"lanczos", imaging.Lanczos, true},
}

// tryFilters lists the filters at a crop; of images that are not resized, none.
func tryFilters(p *Problem, o option) (list []option) {
	if p.asIs() {
		return []option{o}
	}
	for _, f := range filters {
		one := o
		one.filter, one.kind = f.name, o.kind+"; "+f.name
		one.prepared.Resample, one.prepared.Antialias, one.prepared.ResizeLibrary = f.filter, f.antialias, ""
		list = append(list, one)
	}
	return list
}
