package imaging

import (
	"slices"
)

// Presets lists the names that Preset knows.
func Presets() []string { return []string{"imagenet", "keras", "caffe", "plain"} }

// Preset returns named settings for inputs of 224×224 (use WithInput for another
// size), and whether the name is known:
//
//   - imagenet: torchvision's evaluation transform: shortest edge 256, bilinear,
//     centre 224, ImageNet mean and standard deviation;
//   - keras: squeezed to the input size, bilinear, −1..1;
//   - caffe: as imagenet, but BGR in 0..255 with the mean subtracted;
//   - plain: squeezed to the input size, bilinear, 0..1.
func Preset(name string) (Preprocessing, bool) {
	p := Preprocessing{
		DoConvertRGB: true, Channels: 3,
		DoResize: true, Resample: Bilinear, Antialias: true,
		Size:      Size{Height: 224, Width: 224},
		DoRescale: true, RescaleFactor: 1.0 / 255,
	}
	switch name {
	case "imagenet":
		p.cropFrom(256)
		p.normalize([]float64{0.485, 0.456, 0.406}, []float64{0.229, 0.224, 0.225})
	case "keras":
		p.normalize([]float64{0.5, 0.5, 0.5}, []float64{0.5, 0.5, 0.5})
	case "caffe":
		p.cropFrom(256)
		p.DoRescale, p.RescaleFactor = false, 1
		p.normalize([]float64{123.68, 116.779, 103.939}, []float64{1, 1, 1})
		p.DoFlipChannelOrder = true
	case "plain":
	default:
		return Preprocessing{}, false
	}
	return p, true
}

func (p *Preprocessing) cropFrom(edge int) {
	p.Size = Size{ShortestEdge: edge}
	p.DoCenterCrop, p.CropSize = true, Size{Height: 224, Width: 224}
	p.CropRounding = RoundTorchvision
}

func (p *Preprocessing) normalize(mean, std []float64) {
	p.DoNormalize, p.ImageMean, p.ImageStd = true, mean, std
}

// WithInput returns p for a model whose input is w×h pixels with the given
// number of channels: the sizes follow in proportion, and a model of one channel
// takes luminance with the mean of the channels' settings.
func (p Preprocessing) WithInput(w, h, channels int) Preprocessing {
	oldW, oldH := p.OutputSize()
	p.ImageMean, p.ImageStd = slices.Clone(p.ImageMean), slices.Clone(p.ImageStd)
	if (w != oldW || h != oldH) && oldW > 0 && oldH > 0 {
		switch {
		case p.CropPct > 0 && w == h:
			p.Size = Size{ShortestEdge: w}
		case p.Size.ShortestEdge > 0:
			ratio := float64(p.Size.ShortestEdge) / float64(min(oldW, oldH))
			p.Size = Size{ShortestEdge: int(ratio*float64(max(w, h)) + 0.5)}
			p.DoCenterCrop = true
		default:
			p.Size = Size{Height: h, Width: w}
		}
		p.CropSize = Size{}
		if p.DoCenterCrop {
			p.CropSize = Size{Height: h, Width: w}
		}
		if p.DoPad {
			p.PadSize = Size{Height: h, Width: w}
		}
	}
	if channels == 1 || channels == 3 {
		p.Channels = channels
	}
	return p
}
