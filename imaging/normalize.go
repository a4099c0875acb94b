package imaging

// source is the RGB channel that output channel c is taken from.
func (p *Preprocessing) source(c int) int {
	if p.DoFlipChannelOrder && p.Channels == 3 {
		return 2 - c
	}
	return c
}

// positions returns where pixel i of channel c lies in a tensor.
func (p *Preprocessing) positions(layout Layout, pl plan) func(c, i int) int {
	if layout == NHWC {
		return func(c, i int) int { return i*p.Channels + c }
	}
	n := pl.outW * pl.outH
	return func(c, i int) int { return c*n + i }
}

// normalizer maps the values 0..255 of one RGB channel to the model's.
type normalizer struct {
	factor, divisor, offset float32
	normalize               bool
	mean, std               float32
}

func (p *Preprocessing) normalizer(c int) normalizer {
	n := normalizer{factor: 1, divisor: 1}
	if p.DoRescale && p.RescaleFactor == 1.0/255 {
		n.divisor = 255 // as torchvision does: one rounding less than a factor
	} else if p.DoRescale {
		n.factor = float32(p.RescaleFactor)
	}
	if p.DoRescale && p.RescaleOffset {
		n.offset = 1
	}
	if p.DoNormalize {
		n.normalize = true
		n.mean, n.std = channelValue(p.ImageMean, c, p.Channels), channelValue(p.ImageStd, c, p.Channels)
	}
	return n
}

// channelValue picks channel c's setting; a one-channel model given three takes
// their mean.
func channelValue(values []float64, c, channels int) float32 {
	switch {
	case len(values) == 1:
		return float32(values[0])
	case channels == 1 && len(values) == 3:
		return float32((values[0] + values[1] + values[2]) / 3)
	}
	return float32(values[c])
}

// at computes one value; every operation rounds to float32, as in torch.
func (n normalizer) at(v float32) float32 {
	v = float32(float32(v*n.factor)/n.divisor) - n.offset
	if n.normalize {
		v = float32(v-n.mean) / n.std
	}
	return v
}

// table returns the values of 0..255.
func (n normalizer) table() *[256]float32 {
	var t [256]float32
	for i := range t {
		t[i] = n.at(float32(i))
	}
	return &t
}

// fill writes the pixels of im to dst through one table a channel.
func (p *Preprocessing) fill(dst []float32, im *Image, layout Layout) {
	n := im.Width * im.Height
	for c := range p.Channels {
		from := p.source(c)
		table := p.normalizer(from).table()
		pix := im.Pix[from:]
		if layout == NHWC {
			for i := range n {
				dst[i*p.Channels+c] = table[pix[3*i]]
			}
			continue
		}
		plane := dst[c*n : (c+1)*n]
		for i := range plane {
			plane[i] = table[pix[3*i]]
		}
	}
}

// fillFloats is fill for values that were not rounded to 8 bits: the window of
// the plan, with padding around it.
func (p *Preprocessing) fillFloats(dst, values []float32, pl plan, layout Layout) {
	w := pl.window()
	at := p.positions(layout, pl)
	for c := range p.Channels {
		from := p.source(c)
		n := p.normalizer(from)
		for i := range pl.outW * pl.outH {
			x, y := i%pl.outW+pl.x-w.x0, i/pl.outW+pl.y-w.y0
			v := float32(0)
			if p.DoPad {
				v = float32(p.PadValue)
			}
			if x >= 0 && y >= 0 && x < w.w() && y < w.h() {
				v = values[3*(y*w.w()+x)+from]
			}
			dst[at(c, i)] = n.at(v)
		}
	}
}
