package classifier

import (
	"context"
	"encoding/json"
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/sightline/sightline/imaging"
)

// preparation finds what is said of the model, by the user or beside it, and decides
// how images are prepared.
func (r *reading) preparation(context.Context) (err error) {
	if r.found, err = findSettings(r.model, r.spec.Input, r.options); err != nil {
		return err
	}
	if r.found.preprocessing == nil {
		r.found.take(defaultPreprocessing(r.spec, fromTensorFlow(r.model, r.spec.Input)))
	}
	return fitPreprocessing(r.spec, r.found)
}

// withSize adds the model's input size to a preprocessing document that gives no
// size at all. A document that cannot be read is returned as it is: its reader
// says what is wrong.
func withSize(doc []byte, in Input) []byte {
	fields := map[string]any{}
	if json.Unmarshal(doc, &fields) != nil && yaml.Unmarshal(doc, &fields) != nil {
		return doc
	}
	if in.Height == 0 || in.Width == 0 {
		return doc
	}
	for _, name := range []string{"size", "crop_size", "pad_size"} {
		if fields[name] != nil {
			return doc
		}
	}
	fields["size"] = map[string]int{"height": in.Height, "width": in.Width}
	out, err := json.Marshal(fields)
	if err != nil {
		return doc
	}
	return out
}

// fitPreprocessing decides the preprocessing of s and the size of its input: what
// was found, adapted to the model where it is nominal, or the default.
func fitPreprocessing(s *Spec, found settings) error {
	in := &s.Input
	p := *found.preprocessing
	w, h := p.OutputSize()
	wantW, wantH := in.Width, in.Height
	if wantW == 0 {
		wantW = w
	}
	if wantH == 0 {
		wantH = h
	}
	sizeSource := found.source
	if w != wantW || h != wantH {
		if !found.nominal {
			return fmt.Errorf("%w: %s gives inputs of %d×%d pixels (width×height) and the model takes %d×%d; correct size or crop_size, or leave them out", ErrPreprocessing, found.source, w, h, wantW, wantH)
		}
		sizeSource = "the model's input size, in proportion to " + found.source
	}
	channels := p.Channels
	p = p.WithInput(wantW, wantH, in.Channels)
	if in.DType == Uint8 && (p.DoRescale || p.DoNormalize) {
		p.DoRescale, p.RescaleFactor, p.DoNormalize = false, 1, false
		s.warn("the model takes whole numbers from 0 to 255, so rescaling and normalisation are left out")
	}
	if err := p.Validate(); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrPreprocessing, found.source, err)
	}
	in.Width, in.Height = wantW, wantH
	s.Preprocessing = p
	recordPreprocessing(s, found.source, sizeSource, channels)
	return nil
}

// smallInput is the side below which models are trained on whole images of
// their size (CIFAR, MNIST, traffic signs) rather than on crops of photos.
const smallInput = 160

// defaultPreprocessing is what is assumed when nothing is said: ImageNet's
// transform for colour, that of Keras' models where the graph comes from TensorFlow, 0..1 for
// grey, whole numbers where the model takes bytes.
func defaultPreprocessing(s *Spec, tensorflow bool) settings {
	in := s.Input
	small := in.declaredSize && min(in.Height, in.Width) < smallInput
	name, why := "imagenet", "short side resized to 8/7 of the input, centre cropped, ImageNet's mean and standard deviation"
	switch {
	case in.DType == Uint8:
		name, why = "plain", "the image stretched to the input, values 0 to 255"
	case in.Channels == 1:
		name, why = "plain", "luminance, stretched to the input, values 0 to 1"
	case tensorflow:
		name, why = "keras", "stretched to the input, values −1 to 1, since the graph comes from TensorFlow or Keras"
	case small:
		why = "stretched to the input, ImageNet's mean and standard deviation"
	}
	p, _ := imaging.Preset(name)
	if small {
		p.Size, p.DoCenterCrop, p.CropSize = imaging.Size{Height: in.Height, Width: in.Width}, false, imaging.Size{}
	}
	s.warn(unstated+"; assumed preset %q (%s). sightline model probe finds it out on labelled images; --preprocessing FILE|PRESET states it", name, why)
	return settings{preprocessing: &p, source: defaultSource + " (preset " + name + ")", nominal: true}
}

// recordPreprocessing notes each setting and where it came from.
func recordPreprocessing(s *Spec, source, sizeSource string, channels int) {
	p := s.Preprocessing
	s.set("input size", fmt.Sprintf("%d×%d (width×height)", s.Input.Width, s.Input.Height), inputSizeSource(s, source))
	resize := "none"
	if p.DoResize {
		resize = fmt.Sprintf("%s, filter %v, %s", sizeText(p), p.Resample, antialiasText(p))
	}
	s.set("resize", resize, sizeSource)
	if p.DoCenterCrop {
		s.set("centre crop", fmt.Sprintf("%d×%d, offsets rounded as %s", p.CropSize.Width, p.CropSize.Height, orTorchvision(p.CropRounding)), sizeSource)
	}
	if p.DoPad {
		s.set("padding", fmt.Sprintf("%d×%d with %d", p.PadSize.Width, p.PadSize.Height, p.PadValue), sizeSource)
	}
	s.set("values", valuesText(p), source)
	order := "RGB"
	switch {
	case p.Channels == 1:
		order = "luminance"
	case p.DoFlipChannelOrder:
		order = "BGR"
	}
	if channels != p.Channels {
		source = "the model's input"
	}
	s.set("channels", order, source)
	if p.MeansLookBGR() {
		s.warn("image_mean %v is taken as red, green, blue, but looks like Caffe's means, which are blue, green, red: if so, set image_mean_order to bgr in --preprocessing FILE", p.ImageMean)
	}
	orientation := "EXIF orientation ignored, as torchvision's loader does"
	if p.ApplyEXIFOrientation {
		orientation = "EXIF orientation applied"
	}
	s.set("orientation", orientation, source)
}

func inputSizeSource(s *Spec, source string) string {
	if s.Input.declaredSize {
		return "the model"
	}
	return source
}

func orTorchvision(r imaging.Rounding) imaging.Rounding {
	if r == "" {
		return imaging.RoundTorchvision
	}
	return r
}

func sizeText(p imaging.Preprocessing) string {
	switch {
	case p.CropPct > 0:
		return fmt.Sprintf("shortest edge %d with crop_pct %g", p.Size.ShortestEdge, p.CropPct)
	case p.Size.Width > 0:
		return fmt.Sprintf("%d×%d", p.Size.Width, p.Size.Height)
	case p.Size.ShortestEdge > 0:
		return fmt.Sprintf("shortest edge %d", p.Size.ShortestEdge)
	}
	return fmt.Sprintf("longest edge %d", p.Size.LongestEdge)
}

func antialiasText(p imaging.Preprocessing) string {
	if p.Antialias {
		return "antialiased"
	}
	return "not antialiased"
}

func valuesText(p imaging.Preprocessing) string {
	text := "0..255"
	if p.DoRescale {
		text = fmt.Sprintf("× %.6g", p.RescaleFactor)
		if p.RescaleOffset {
			text += " − 1"
		}
	}
	if p.DoNormalize {
		text += fmt.Sprintf(", minus %v, divided by %v", p.ImageMean, p.ImageStd)
		if len(p.ImageMean) == 3 {
			text += " (red, green, blue)" // whatever the order of the model's channels is
		}
	}
	return text
}
