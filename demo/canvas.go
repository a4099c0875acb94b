package demo

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/vector"
)

// rgb is a colour, each channel 0…1 as stored in an sRGB image.
type rgb struct{ r, g, b float32 }

// hex reads 0xRRGGBB.
func hex(v uint32) rgb {
	return rgb{float32(v>>16&255) / 255, float32(v>>8&255) / 255, float32(v&255) / 255}
}

// mix is c at t = 0 and d at t = 1.
func (c rgb) mix(d rgb, t float64) rgb {
	u := float32(t)
	return rgb{c.r + (d.r-c.r)*u, c.g + (d.g-c.g)*u, c.b + (d.b-c.b)*u}
}

// shade darkens (k < 0) towards a cool black or lightens (k > 0) towards white.
func (c rgb) shade(k float64) rgb {
	if k < 0 {
		return c.mix(rgb{0.07, 0.06, 0.16}, -k)
	}
	return c.mix(rgb{1, 1, 1}, k)
}

// luma is the perceived brightness, 0…1.
func (c rgb) luma() float64 { return float64(0.299*c.r + 0.587*c.g + 0.114*c.b) }

// paint gives the colour at a place in the coordinates of the drawing.
type paint func(p point) rgb

// vertical blends from top at y0 to bottom at y1.
func vertical(y0, y1 float64, top, bottom rgb) paint {
	return func(p point) rgb { return top.mix(bottom, max(0, min(1, (p.y-y0)/(y1-y0)))) }
}

// horizontal blends from left at x0 to right at x1.
func horizontal(x0, x1 float64, left, right rgb) paint {
	return func(p point) rgb { return left.mix(right, max(0, min(1, (p.x-x0)/(x1-x0)))) }
}

// extent is a box of whole pixels, right and bottom excluded; empty when x1 <= x0.
type extent struct{ x0, y0, x1, y1 int }

// empty tells whether nothing is inside.
func (e extent) empty() bool { return e.x1 <= e.x0 || e.y1 <= e.y0 }

// union holds both.
func (e extent) union(o extent) extent {
	if e.empty() {
		return o
	}
	if o.empty() {
		return e
	}
	return extent{min(e.x0, o.x0), min(e.y0, o.y0), max(e.x1, o.x1), max(e.y1, o.y1)}
}

// canvas is an image being drawn: sRGB values as float32, three per pixel.
type canvas struct {
	w, h int
	pix  []float32
	// m maps drawing coordinates to pixels.
	m matrix
	// clip, when not nil, holds how much of each pixel may be painted.
	clip []uint8
	// mark, when not nil, grows to the pixels painted: how region boxes come about.
	mark *extent

	raster vector.Rasterizer
	mask   image.Alpha
}

// newCanvas is w × h pixels of black.
func newCanvas(w, h int) *canvas {
	return &canvas{w: w, h: h, pix: make([]float32, 3*w*h), m: matrix{a: 1, e: 1}}
}

// within draws in coordinates that m maps to the current ones.
func (c *canvas) within(m matrix, draw func()) {
	outer := c.m
	c.m = outer.times(m)
	draw()
	c.m = outer
}

// marked draws and returns the box of the pixels painted meanwhile.
func (c *canvas) marked(draw func()) extent {
	outer, box := c.mark, extent{}
	c.mark = &box
	draw()
	c.mark = outer
	if outer != nil {
		*outer = outer.union(box)
	}
	return box
}

// unmarked draws without growing the current region: shadows, light.
func (c *canvas) unmarked(draw func()) {
	outer := c.mark
	c.mark = nil
	draw()
	c.mark = outer
}

// clipped draws only inside the path (and inside an outer clip).
func (c *canvas) clipped(p path, draw func()) {
	outer := c.clip
	inner := make([]uint8, c.w*c.h)
	if box, mask := c.rasterise(p); !box.empty() {
		for y := box.y0; y < box.y1; y++ {
			row := mask[(y-box.y0)*(box.x1-box.x0):]
			for x := box.x0; x < box.x1; x++ {
				v := int(row[x-box.x0])
				if outer != nil {
					v = v * int(outer[y*c.w+x]) / 255
				}
				inner[y*c.w+x] = uint8(v)
			}
		}
	}
	c.clip = inner
	draw()
	c.clip = outer
}

// rasterise returns the pixels a path touches and its coverage there, 0…255. The mask is good until the next call.
func (c *canvas) rasterise(p path) (extent, []uint8) {
	low, high := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	mapped := make(path, len(p))
	for i, part := range p {
		mapped[i] = make([]point, len(part))
		for j, q := range part {
			q = c.m.apply(q)
			mapped[i][j] = q
			low, high = point{min(low.x, q.x), min(low.y, q.y)}, point{max(high.x, q.x), max(high.y, q.y)}
		}
	}
	if len(p) == 0 || high.x <= 0 || high.y <= 0 || low.x >= float64(c.w) || low.y >= float64(c.h) {
		return extent{}, nil
	}
	box := extent{max(0, int(low.x)), max(0, int(low.y)), min(c.w, int(high.x)+1), min(c.h, int(high.y)+1)}
	c.raster.Reset(box.x1-box.x0, box.y1-box.y0)
	for _, part := range mapped {
		for j, q := range part {
			x, y := float32(q.x-float64(box.x0)), float32(q.y-float64(box.y0))
			if j == 0 {
				c.raster.MoveTo(x, y)
			} else {
				c.raster.LineTo(x, y)
			}
		}
		c.raster.ClosePath()
	}
	return box, c.coverage(box)
}

// coverage accumulates the rasteriser's edges into the canvas's mask.
func (c *canvas) coverage(box extent) []uint8 {
	w, h := box.x1-box.x0, box.y1-box.y0
	if cap(c.mask.Pix) < w*h {
		c.mask.Pix = make([]uint8, c.w*c.h)
	}
	c.mask = image.Alpha{Pix: c.mask.Pix[:w*h], Stride: w, Rect: image.Rect(0, 0, w, h)}
	clear(c.mask.Pix)
	c.raster.Draw(&c.mask, c.mask.Rect, image.NewUniform(color.Opaque), image.Point{})
	return c.mask.Pix
}

// fill paints a path in one colour.
func (c *canvas) fill(p path, colour rgb) { c.wash(p, colour, 1) }

// wash paints a path in one colour with an opacity 0…1.
func (c *canvas) wash(p path, colour rgb, opacity float64) {
	c.blend(p, opacity, func(int, int) rgb { return colour })
}

// paint paints a path in colours that vary over the drawing.
func (c *canvas) paint(p path, with paint) {
	back := c.m.inverse()
	c.blend(p, 1, func(x, y int) rgb {
		return with(back.apply(point{float64(x) + 0.5, float64(y) + 0.5}))
	})
}

// blend lays colours over the image where the path covers it.
func (c *canvas) blend(p path, opacity float64, colour func(x, y int) rgb) {
	box, mask := c.rasterise(p)
	if box.empty() {
		return
	}
	var touched extent
	width := box.x1 - box.x0
	for y := box.y0; y < box.y1; y++ {
		for x := box.x0; x < box.x1; x++ {
			cover := float32(mask[(y-box.y0)*width+x-box.x0]) / 255 * float32(opacity)
			if c.clip != nil {
				cover *= float32(c.clip[y*c.w+x]) / 255
			}
			if cover == 0 {
				continue
			}
			over, at := colour(x, y), 3*(y*c.w+x)
			c.pix[at] += (over.r - c.pix[at]) * cover
			c.pix[at+1] += (over.g - c.pix[at+1]) * cover
			c.pix[at+2] += (over.b - c.pix[at+2]) * cover
			if cover > 0.25 {
				touched = touched.union(extent{x, y, x + 1, y + 1})
			}
		}
	}
	if c.mark != nil {
		*c.mark = c.mark.union(touched)
	}
}
