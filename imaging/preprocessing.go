package imaging

import (
	"fmt"
	"math"
	"slices"
)

// Layout is the order of a model's input dimensions.
type Layout string

// The layouts of a batch of images.
const (
	NCHW Layout = "NCHW"
	NHWC Layout = "NHWC"
)

// Size is a size in the vocabulary of preprocessor_config.json: either both
// sides, or the shortest or the longest edge alone.
type Size struct {
	Height       int `json:"height,omitempty" yaml:"height,omitempty"`
	Width        int `json:"width,omitempty" yaml:"width,omitempty"`
	ShortestEdge int `json:"shortest_edge,omitempty" yaml:"shortest_edge,omitempty"`
	LongestEdge  int `json:"longest_edge,omitempty" yaml:"longest_edge,omitempty"`
}

// Rounding says how the offset of a centred crop is rounded.
type Rounding string

// CropRounding values.
const (
	// RoundTorchvision rounds half to even: int(round((side − crop) / 2)).
	RoundTorchvision Rounding = "torchvision"
	// RoundHuggingFace rounds down: (side − crop) // 2.
	RoundHuggingFace Rounding = "huggingface"
)

// Preprocessing says how an image becomes a model's input, in the vocabulary of
// Hugging Face's preprocessor_config.json, in this order: orientation, colour,
// resize, crop or padding, rescale, normalize, channel order. The fields that
// vocabulary lacks are marked "ours". Use ParsePreprocessing to read a foreign
// file, with its defaults and older spellings; the JSON of this struct itself
// names every field.
type Preprocessing struct {
	// ApplyEXIFOrientation turns the image upright first (ours). Off by default:
	// torchvision's loader and PIL's convert ignore the orientation.
	ApplyEXIFOrientation bool `json:"apply_exif_orientation" yaml:"apply_exif_orientation"`
	// DoConvertRGB is kept for the record: images are always decoded to RGB.
	DoConvertRGB bool `json:"do_convert_rgb" yaml:"do_convert_rgb"`
	// Channels is 3, or 1 for luminance as PIL's convert("L") (ours).
	Channels int `json:"channels" yaml:"channels"`

	DoResize bool `json:"do_resize" yaml:"do_resize"`
	// Size is the size after the resize: both sides (the aspect ratio is not
	// kept), the shortest edge, or the longest edge.
	Size Size `json:"size" yaml:"size"`
	// CropPct is ConvNeXT's: with size.shortest_edge s below 384, the shortest
	// edge becomes int(s/crop_pct) and the centre s×s is cropped; from 384 on,
	// the image is squeezed to s×s. 0 means unused.
	CropPct float64 `json:"crop_pct,omitempty" yaml:"crop_pct,omitempty"`
	// Resample is the filter.
	Resample Filter `json:"resample" yaml:"resample"`
	// Antialias widens the filter when shrinking, as PIL does (ours). Without
	// it, see ResizeLibrary.
	Antialias bool `json:"antialias" yaml:"antialias"`
	// ResizeLibrary chooses the arithmetic where Antialias is false (ours):
	// "opencv" (the default) rounds to 8 bits, "tensorflow" keeps the float32
	// values of tf.image.resize(antialias=False).
	ResizeLibrary string `json:"resize_library,omitempty" yaml:"resize_library,omitempty"`

	DoCenterCrop bool `json:"do_center_crop" yaml:"do_center_crop"`
	// CropSize has both sides. An image smaller than it is padded with zeros.
	CropSize Size `json:"crop_size" yaml:"crop_size"`
	// CropRounding rounds the crop's offset (ours); "" means torchvision's way.
	CropRounding Rounding `json:"crop_rounding,omitempty" yaml:"crop_rounding,omitempty"`
	// DoPad pads the resized image to PadSize, in the centre, with PadValue
	// (0..255): the letterbox used with size.longest_edge (ours).
	DoPad    bool  `json:"do_pad,omitempty" yaml:"do_pad,omitempty"`
	PadSize  Size  `json:"pad_size,omitzero" yaml:"pad_size,omitempty"`
	PadValue uint8 `json:"pad_value,omitempty" yaml:"pad_value,omitempty"`

	DoRescale bool `json:"do_rescale" yaml:"do_rescale"`
	// RescaleFactor multiplies the values 0..255.
	RescaleFactor float64 `json:"rescale_factor" yaml:"rescale_factor"`
	// RescaleOffset subtracts 1 after the factor (EfficientNet's configuration).
	RescaleOffset bool `json:"rescale_offset,omitempty" yaml:"rescale_offset,omitempty"`

	DoNormalize bool `json:"do_normalize" yaml:"do_normalize"`
	// ImageMean and ImageStd are in the order red, green, blue, whatever
	// DoFlipChannelOrder says; one value for one channel. A file may give them in the
	// order blue, green, red, and say so by image_mean_order: bgr.
	ImageMean []float64 `json:"image_mean" yaml:"image_mean,flow"`
	ImageStd  []float64 `json:"image_std" yaml:"image_std,flow"`
	// DoFlipChannelOrder gives blue, green, red, last of all.
	DoFlipChannelOrder bool `json:"do_flip_channel_order" yaml:"do_flip_channel_order"`
}

// MeansLookBGR tells of an input in BGR whose means are in the order of BGR most likely: they are
// near ImageNet's, as Caffe's models have them, the other way round.
func (p *Preprocessing) MeansLookBGR() bool {
	if !p.DoFlipChannelOrder || !p.DoNormalize || len(p.ImageMean) != 3 {
		return false
	}
	scale := 1.0
	if slices.Max(p.ImageMean) > 2 {
		scale = 255
	}
	for i, mean := range []float64{0.406, 0.456, 0.485} {
		if math.Abs(p.ImageMean[i]/scale-mean) > 0.015 {
			return false
		}
	}
	return true
}

// Validate reports the first setting that makes no sense, and what to write instead.
func (p *Preprocessing) Validate() error {
	w, h := p.OutputSize()
	switch {
	case p.Channels != 1 && p.Channels != 3:
		return fmt.Errorf("channels is %d: use 3, or 1 for luminance", p.Channels)
	case w < 1 || h < 1 || w > 1<<15 || h > 1<<15:
		return fmt.Errorf("the settings give an input of %d×%d pixels: set size to {height, width}, or size.shortest_edge with crop_size", w, h)
	case p.Resample < Nearest || p.Resample > Hamming:
		return fmt.Errorf("resample is %d: PIL's filters are 0 nearest, 1 lanczos, 2 bilinear, 3 bicubic, 4 box, 5 hamming", int(p.Resample))
	case p.CropPct < 0 || p.CropPct > 1:
		return fmt.Errorf("crop_pct is %v: it is a share between 0 and 1", p.CropPct)
	case p.CropRounding != "" && p.CropRounding != RoundTorchvision && p.CropRounding != RoundHuggingFace:
		return fmt.Errorf("crop_rounding is %q: use torchvision or huggingface", p.CropRounding)
	case p.ResizeLibrary != "" && p.ResizeLibrary != "pillow" && p.ResizeLibrary != "opencv" && p.ResizeLibrary != "tensorflow":
		return fmt.Errorf("resize_library is %q: use pillow, opencv or tensorflow", p.ResizeLibrary)
	case p.DoNormalize:
		return p.validateNormalize()
	}
	return nil
}

func (p *Preprocessing) validateNormalize() error {
	for _, values := range [][]float64{p.ImageMean, p.ImageStd} {
		if n := len(values); n != 1 && n != p.Channels && !(p.Channels == 1 && n == 3) {
			return fmt.Errorf("image_mean and image_std have %d and %d values: give one a channel (%d)", len(p.ImageMean), len(p.ImageStd), p.Channels)
		}
	}
	for _, s := range p.ImageStd {
		if s == 0 {
			return fmt.Errorf("image_std contains 0: the values are divided by it")
		}
	}
	return nil
}

// OutputSize returns the width and height of the model's input in pixels.
func (p *Preprocessing) OutputSize() (w, h int) {
	edge := p.Size.ShortestEdge
	switch {
	case p.DoPad && p.PadSize.Width > 0:
		return p.PadSize.Width, p.PadSize.Height
	case p.CropPct > 0 && edge > 0:
		return edge, edge
	case p.DoCenterCrop:
		return p.CropSize.Width, p.CropSize.Height
	case p.Size.Width > 0:
		return p.Size.Width, p.Size.Height
	case edge > 0:
		return edge, edge // images of one size are needed: the centre is cropped
	}
	return p.Size.LongestEdge, p.Size.LongestEdge
}

// resized returns the size an image of w×h pixels is resized to.
func (p *Preprocessing) resized(w, h int) (int, int) {
	if !p.DoResize {
		return w, h
	}
	edge := p.Size.ShortestEdge
	if p.CropPct > 0 && edge > 0 {
		if edge >= 384 {
			return edge, edge
		}
		edge = int(float64(edge) / p.CropPct)
	}
	short, long := min(w, h), max(w, h)
	switch {
	case p.Size.Width > 0 && p.Size.Height > 0:
		return p.Size.Width, p.Size.Height
	case edge > 0:
		return scaleTo(w, h, edge, short)
	case p.Size.LongestEdge > 0:
		return scaleTo(w, h, p.Size.LongestEdge, long)
	}
	return w, h
}

// scaleTo scales w×h so that the side of length side becomes edge; the other is
// rounded down, as torchvision and Hugging Face do.
func scaleTo(w, h, edge, side int) (int, int) {
	scale := func(v int) int {
		if v == side {
			return edge
		}
		return max(1, int(float64(edge*v)/float64(side)))
	}
	return scale(w), scale(h)
}

// offset returns where a crop of length crop begins in a side of length side;
// negative if there is padding.
func (p *Preprocessing) offset(side, crop int) int {
	spare := side - crop
	if spare < 0 {
		return -p.padBefore(-spare)
	}
	if p.CropRounding == RoundHuggingFace {
		return spare / 2
	}
	// Python's round: halves go to the even number.
	half := spare / 2
	if spare%2 == 1 && half%2 == 1 {
		half++
	}
	return half
}

// padBefore is the padding on the left or top when missing pixels are needed:
// torchvision puts the odd one on the right, Hugging Face on the left.
func (p *Preprocessing) padBefore(missing int) int {
	if p.CropRounding == RoundHuggingFace {
		return (missing + 1) / 2
	}
	return missing / 2
}
