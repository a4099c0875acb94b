package report

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/imaging/drawing"
	"github.com/sightline/sightline/server/api"
)

// Drawn is a map as a PNG to be laid over its image. The PNG has one pixel per cell, and a
// margin of one pixel that repeats the outermost cells, so that colours that are smoothed do
// not fade at the edge.
type Drawn struct {
	PNG           []byte
	Width, Height int        // cells, without the margin
	Left, Top     float64    // where the model's input begins, in cells
	Across, Down  float64    // and its size
	Matrix        [6]float64 // from cells to displayed pixels, as api.Geometry has it
}

const (
	mostCellsAcross = 64  // cells of a drawn map; finer ones are averaged
	opacity         = 150 // of 255
)

// shown adds an image's thumbnail and, of the first of some targets that is stored, its map. Where
// there is no room, or the image is not to be had, nothing is returned.
func (g *gatherer) shown(s Shown, targets ...string) ([]Shown, error) {
	var b bytes.Buffer
	err := g.Thumbnail(g.ctx, g.report.Evaluation.Dataset, s.ID, &b)
	if refused := (*client.Error)(nil); err != nil && g.ctx.Err() == nil && errors.As(err, &refused) {
		return nil, nil // the file is gone, and no thumbnail was made of it
	}
	if err != nil {
		return nil, err
	}
	s.Thumbnail = b.Bytes()
	if err := g.addMap(&s, targets); err != nil {
		return nil, err
	}
	size := len(s.Thumbnail)
	if s.Map != nil {
		size += len(s.Map.PNG)
	}
	if size = size*4/3 + 600; size > g.room { // base64, and the text around it
		g.report.LeftOut++
		return nil, nil
	}
	g.room -= size
	if s.Map != nil {
		g.maps++
	}
	return []Shown{s}, nil
}

// addMap draws a stored map.
func (g *gatherer) addMap(s *Shown, targets []string) error {
	stored, err := g.StoredMaps(g.ctx, g.report.Evaluation.ID, s.ID, "")
	if err != nil {
		return err
	}
	m := g.choose(stored, targets)
	if m == nil {
		return nil
	}
	header, values, err := g.Map(g.ctx, g.report.Evaluation.ID, s.ID, client.MapQuery{Method: m.Method, Target: m.Target, Seed: m.Seed, Options: m.Options})
	if err != nil {
		return err
	}
	s.Map, s.Method, s.Target, s.Verdict = draw(header, values), m.Method, m.Target, m.Verdict
	return nil
}

// choose prefers the method that the table of regions is of, and targets in their order.
func (g *gatherer) choose(stored []api.StoredMap, targets []string) *api.StoredMap {
	usable := slices.DeleteFunc(slices.Clone(stored), func(m api.StoredMap) bool { return m.Degenerate != "" })
	for _, anyMethod := range []bool{false, true} {
		for _, target := range targets {
			for i, m := range usable {
				if m.Target == target && (anyMethod || m.Method == g.report.Look.Method) {
					return &usable[i]
				}
			}
		}
	}
	return nil
}

// draw colours a map: from dark to bright where all is positive, else from blue to red. It is nil
// for a map that cannot be drawn.
func draw(h api.MapHeader, values []float32) *Drawn {
	channels := max(1, h.Channels)
	if h.Width < 1 || h.Height < 1 || len(values) != h.Width*h.Height*channels || channels > 1 {
		return nil
	}
	cells, w, height := coarser(values, h.Width, h.Height)
	low, high := slices.Min(cells), slices.Max(cells)
	if math.IsNaN(float64(low)) || math.IsInf(float64(low), 0) || math.IsInf(float64(high), 0) || low == high {
		return nil
	}
	name := "inferno"
	if low < 0 {
		name, high = "balance", max(high, -low)
		low = -high
	}
	colours, err := drawing.NewColourMap(name)
	if err != nil {
		return nil
	}
	im := image.NewNRGBA(image.Rect(0, 0, w+2, height+2))
	for y := range height + 2 {
		for x := range w + 2 {
			v := cells[min(max(y-1, 0), height-1)*w+min(max(x-1, 0), w-1)]
			c := colours.At(float64((v - low) / (high - low)))
			im.SetNRGBA(x, y, color.NRGBA{R: c[0], G: c[1], B: c[2], A: opacity})
		}
	}
	var b bytes.Buffer
	if png.Encode(&b, im) != nil {
		return nil
	}
	m := h.Geometry.Matrix
	across, down := float64(h.Width)/float64(w), float64(h.Height)/float64(height)
	d := &Drawn{PNG: b.Bytes(), Width: w, Height: height, Across: float64(w), Down: float64(height), Matrix: [6]float64{m[0] * across, m[1] * down, m[2], m[3] * across, m[4] * down, m[5]}}
	if e := h.Geometry.Edges; e != [4]float64{} {
		d.Left, d.Top, d.Across, d.Down = e[0]/across, e[1]/down, (e[2]-e[0])/across, (e[3]-e[1])/down
	}
	return d
}

// coarser averages cells in blocks until there are few enough.
func coarser(values []float32, w, h int) (cells []float32, width, height int) {
	across, down := min(w, mostCellsAcross), min(h, mostCellsAcross)
	cells = make([]float32, across*down)
	for y := range down {
		for x := range across {
			sum, n := float32(0), 0
			for j := y * h / down; j < (y+1)*h/down; j++ {
				for i := x * w / across; i < (x+1)*w/across; i++ {
					sum, n = sum+values[j*w+i], n+1
				}
			}
			cells[y*across+x] = sum / float32(n)
		}
	}
	return cells, across, down
}
