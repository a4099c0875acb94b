package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
)

// camera is how a drawn image is photographed.
type camera struct {
	exposure, warmth float64 // 1 and 0 are neutral
	side, vignette   float64 // light from one side (sign = which), darker corners
	blur             float64 // radius of the blur in pixels
	noise            float64 // standard deviation of the grain, 0…1
	quality          int     // JPEG, 1…100
}

// newCamera draws photographic conditions, mostly good ones.
func newCamera(s stream) camera {
	c := camera{
		exposure: s.in(0.80, 1.10), warmth: s.in(-0.06, 0.06), side: s.in(-0.16, 0.16), vignette: s.in(0, 0.22),
		noise: s.in(0.002, 0.022), quality: 72 + s.IntN(24),
	}
	switch {
	case s.chance(0.05): // a bad photograph: dark, shaken, grainy, squeezed
		c.exposure, c.blur, c.noise, c.quality = s.in(0.42, 0.62), s.in(0.9, 3), s.in(0.025, 0.045), 25+s.IntN(25)
	case s.chance(0.3):
		c.blur = s.in(0.3, 0.9)
	}
	return c
}

// develop applies the camera to the canvas and encodes it as JPEG.
func (c camera) develop(s stream, from *canvas) ([]byte, error) {
	if c.blur > 0 {
		from.soften(float32(c.blur))
	}
	c.light(from)
	img := image.NewRGBA(image.Rect(0, 0, from.w, from.h))
	for i := range from.w * from.h {
		// The sum of three uniform numbers is close enough to a bell curve for grain.
		grain := float32((s.Float64() + s.Float64() + s.Float64() - 1.5) * 2 * c.noise)
		for k := range 3 {
			img.Pix[4*i+k] = quantise(from.pix[3*i+k] + grain)
		}
		img.Pix[4*i+3] = 255
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: c.quality}); err != nil {
		return nil, fmt.Errorf("encoding a demo image as JPEG: %w", err)
	}
	return out.Bytes(), nil
}

// quantise rounds 0…1 to a byte.
func quantise(v float32) uint8 { return uint8(max(0, min(1, v))*255 + 0.5) }

// light applies exposure, warmth, side light and vignette.
func (c camera) light(on *canvas) {
	for y := range on.h {
		v := 2*float64(y)/float64(on.h) - 1
		for x := range on.w {
			u := 2*float64(x)/float64(on.w) - 1
			gain := c.exposure * (1 + c.side*u) * (1 - c.vignette*(u*u+v*v)/2)
			at := 3 * (y*on.w + x)
			on.pix[at] *= float32(gain * (1 + c.warmth))
			on.pix[at+1] *= float32(gain)
			on.pix[at+2] *= float32(gain * (1 - c.warmth))
		}
	}
}

// soften blurs with the kernel (r/2, 1, r/2)/(1+r), twice each way: about a Gaussian of r pixels for r below 1, and less than r above.
func (c *canvas) soften(r float32) {
	for range 2 {
		c.soften1(r, 3, 3*c.w, c.w, c.h)
		c.soften1(r, 3*c.w, 3, c.h, c.w)
	}
}

// soften1 blurs lines of n pixels, step apart within a line; lines are lineStep apart.
func (c *canvas) soften1(r float32, step, lineStep, n, lines int) {
	for l := range lines {
		for k := range 3 {
			at := l*lineStep + k
			before := c.pix[at]
			for i := range n {
				here := c.pix[at+i*step]
				after := here
				if i+1 < n {
					after = c.pix[at+(i+1)*step]
				}
				c.pix[at+i*step] = (here + r/2*(before+after)) / (1 + r)
				before = here
			}
		}
	}
}
