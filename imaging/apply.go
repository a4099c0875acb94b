package imaging

import "fmt"

// plan is what a Preprocessing does to images of one size.
type plan struct {
	resizedW, resizedH int
	outW, outH         int
	// x and y are where the output begins in the resized image; negative where
	// it begins with padding.
	x, y int
}

func (p *Preprocessing) plan(w, h int) plan {
	var pl plan
	pl.outW, pl.outH = p.OutputSize()
	pl.resizedW, pl.resizedH = p.resized(w, h)
	pl.x = p.offset(pl.resizedW, pl.outW)
	pl.y = p.offset(pl.resizedH, pl.outH)
	return pl
}

// window is the part of the resized image that is inside the output.
func (pl plan) window() window {
	return window{
		width: pl.resizedW, height: pl.resizedH,
		x0: max(0, pl.x), y0: max(0, pl.y),
		x1: min(pl.resizedW, pl.x+pl.outW), y1: min(pl.resizedH, pl.y+pl.outH),
	}
}

// geometry maps output pixels to the displayed image, for an input of w×h pixels
// whose own orientation, still to be applied for display, is o.
func (pl plan) geometry(w, h int, o Orientation) Geometry {
	toInput := affine{
		float64(w) / float64(pl.resizedW), 0, float64(pl.x) * float64(w) / float64(pl.resizedW),
		0, float64(h) / float64(pl.resizedH), float64(pl.y) * float64(h) / float64(pl.resizedH),
	}
	g := Geometry{InputWidth: pl.outW, InputHeight: pl.outH}
	g.DisplayWidth, g.DisplayHeight = o.Upright(w, h)
	g.Matrix = affine(o.matrix(w, h)).after(toInput)
	return g
}

// Apply preprocesses im into dst, which holds Channels × height × width values
// in the given layout, and tells where the input's pixels lie in the displayed
// image. Values are computed in float32 in torchvision's order of operations:
// (v/255 − mean)/std.
func (p *Preprocessing) Apply(im *Image, dst []float32, layout Layout) (Geometry, error) {
	im, pl, g, err := p.prepare(im, len(dst))
	if err != nil {
		return Geometry{}, err
	}
	if p.tensorflow() && (im.Width != pl.resizedW || im.Height != pl.resizedH) {
		p.fillFloats(dst, resizeTensorFlow(im, pl.window(), p.Resample), pl, layout)
		return g, nil
	}
	resized := p.resize(im, pl.window())
	p.fill(dst, p.place(resized, pl), layout)
	if resized != im {
		resized.Release()
	}
	return g, nil
}

// ApplyUint8 is Apply for models whose input is 8-bit: the values are not
// rescaled or normalized, and TensorFlow's are rounded to nearest.
func (p *Preprocessing) ApplyUint8(im *Image, dst []uint8, layout Layout) (Geometry, error) {
	im, pl, g, err := p.prepare(im, len(dst))
	if err != nil {
		return Geometry{}, err
	}
	small := p.place(p.resize(im, pl.window()), pl)
	at := p.positions(layout, pl)
	for c := range p.Channels {
		from := p.source(c)
		for i := range pl.outW * pl.outH {
			dst[at(c, i)] = small.Pix[3*i+from]
		}
	}
	return g, nil
}

// prepare checks the settings against the length of the input, and orients im.
func (p *Preprocessing) prepare(im *Image, length int) (*Image, plan, Geometry, error) {
	if err := p.Validate(); err != nil {
		return nil, plan{}, Geometry{}, fmt.Errorf("preprocessing: %w", err)
	}
	if w, h := p.OutputSize(); length != w*h*p.Channels {
		return nil, plan{}, Geometry{}, fmt.Errorf("preprocessing gives %d×%d×%d values, the model's input has %d: set size or crop_size to the model's", w, h, p.Channels, length)
	}
	if p.ApplyEXIFOrientation {
		im = im.Upright()
	}
	pl := p.plan(im.Width, im.Height)
	g := pl.geometry(im.Width, im.Height, im.Orientation)
	if p.Channels == 1 {
		im = luminance(im)
	}
	return im, pl, g, nil
}

// tensorflow reports whether resized values are kept in float32.
func (p *Preprocessing) tensorflow() bool {
	return p.ResizeLibrary == "tensorflow" && !p.Antialias && (p.Resample == Bilinear || p.Resample == Bicubic)
}

// resize returns the window of im after the resize, in 8 bits.
func (p *Preprocessing) resize(im *Image, w window) *Image {
	switch {
	case im.Width == w.width && im.Height == w.height && w.w() == im.Width && w.h() == im.Height:
		return im
	case im.Width == w.width && im.Height == w.height:
		return cropImage(im, w.x0, w.y0, w.x1, w.y1)
	case p.tensorflow():
		out := newImage(w.w(), w.h())
		for i, v := range resizeTensorFlow(im, w, p.Resample) {
			out.Pix[i] = uint8(min(255, max(0, v+0.5)))
		}
		return out
	case !p.Antialias && (p.Resample == Bilinear || p.Resample == Bicubic):
		return resizeOpenCV(im, w, p.Resample)
	}
	return resizePillow(im, w, p.Resample)
}

// place puts im, the visible window of the resized image, on the output.
func (p *Preprocessing) place(im *Image, pl plan) *Image {
	if im.Width == pl.outW && im.Height == pl.outH {
		return im
	}
	out := newImage(pl.outW, pl.outH)
	if p.DoPad && p.PadValue != 0 {
		for i := range out.Pix {
			out.Pix[i] = p.PadValue
		}
	}
	left := max(0, -pl.x)
	for y := range im.Height {
		copy(out.row(y + max(0, -pl.y))[3*left:], im.row(y))
	}
	return out
}

// luminance is PIL's convert("L"), written to all three channels.
func luminance(im *Image) *Image {
	out := newImage(im.Width, im.Height)
	for i := 0; i+3 <= len(im.Pix); i += 3 {
		p := im.Pix[i : i+3 : i+3]
		v := uint8((19595*uint32(p[0]) + 38470*uint32(p[1]) + 7471*uint32(p[2]) + 0x8000) >> 16)
		o := out.Pix[i : i+3 : i+3]
		o[0], o[1], o[2] = v, v, v
	}
	return out
}
