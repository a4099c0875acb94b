package perturb

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// cellsPerCell is the number of map cells along one cell of RISE's random grid.
// A mask is piecewise linear with knots one grid cell apart, so a map (a sum of
// masks) has nothing finer than a grid cell to show: four samples along it draw
// it faithfully, where one per pixel would store hundreds of values that all
// follow from them. Map values are exact means of the full-resolution map (for
// the published scaling, which is linear in the masks), not point samples.
const cellsPerCell = 4

// shiftedGrids is the design of RISE: perturbation i is a grid of bits and a
// shift, both drawn from a generator seeded by (seed, i); or, structured, the bits
// are those of a plan, and the masks of a foldover share a shift.
type shiftedGrids struct {
	grid   int // cells per side
	keep   float64
	limit  int
	seed   uint64
	plan   *foldovers // where the grids' bits come from; nil: drawn
	x, y   axis
	mapped [2]int // map cells across and down
}

func newShiftedGrids(m RISE, width, height int, seed uint64) *shiftedGrids {
	d := &shiftedGrids{grid: m.Cells, keep: m.Keep, limit: m.Limit, seed: seed}
	if m.Structured {
		fold := foldoverRuns(m.Cells * m.Cells)
		d.plan = newFoldovers(m.Cells*m.Cells, (m.Limit+fold-1)/fold, seed)
	}
	d.mapped = [2]int{min(cellsPerCell*m.Cells, width), min(cellsPerCell*m.Cells, height)}
	d.x = newAxis(width, m.Cells, d.mapped[0])
	d.y = newAxis(height, m.Cells, d.mapped[1])
	return d
}

func (d *shiftedGrids) size() (int, int) { return d.mapped[0], d.mapped[1] }
func (d *shiftedGrids) count() int       { return d.limit }

func (d *shiftedGrids) painter() painter {
	return &gridPainter{
		shiftedGrids: d,
		bits:         make([]float32, d.grid*d.grid),
		wide:         make([]float32, d.grid*d.x.pixels),
		across:       make([]float32, d.grid*d.mapped[0]),
	}
}

// axis enlarges a row of grid values along one side of the input. The enlarged
// row has (cells+1)·shifts pixels, of which a shift picks where the input begins.
type axis struct {
	pixels int       // of the input
	shifts int       // pixels per grid cell, rounded up: the shifts there are
	knots  []knot    // per enlarged pixel
	means  []float32 // [shift][map cell][grid cell]: the weight of a grid cell in a map cell's mean
	mapped int
	cells  int
}

// knot is a linear interpolation: (1−t)·grid[a] + t·grid[b].
type knot struct {
	a, b int
	t    float32
}

func newAxis(pixels, cells, mapped int) axis {
	ax := axis{pixels: pixels, shifts: (pixels + cells - 1) / cells, mapped: mapped, cells: cells}
	length := (cells + 1) * ax.shifts
	ax.knots = make([]knot, length)
	for i := range ax.knots {
		ax.knots[i] = knotAt((float64(i)+0.5)*float64(cells)/float64(length)-0.5, cells)
	}
	ax.means = make([]float32, ax.shifts*mapped*cells)
	for shift := range ax.shifts {
		ax.average(shift)
	}
	return ax
}

// average fills the weights of one shift: the mean of the interpolation over
// the pixels of each map cell, pixels on a border counting by their share.
func (ax *axis) average(shift int) {
	edges := spans(ax.pixels, ax.mapped)
	for c := range ax.mapped {
		low, high := edges[c], edges[c+1]
		row := ax.weights(shift, c)
		for p := int(low); p < ax.pixels && float64(p) < high; p++ {
			share := (min(high, float64(p+1)) - max(low, float64(p))) / (high - low)
			k := ax.knots[shift+p]
			row[k.a] += float32(share) * (1 - k.t)
			row[k.b] += float32(share) * k.t
		}
	}
}

func (ax *axis) weights(shift, mapCell int) []float32 {
	at := (shift*ax.mapped + mapCell) * ax.cells
	return ax.means[at : at+ax.cells]
}

// gridPainter draws one mask of shiftedGrids.
type gridPainter struct {
	*shiftedGrids
	generator      rand.PCG
	bits           []float32 // the random grid, row by row
	shiftX, shiftY int
	wide           []float32 // the grid's rows enlarged to the input's width
	across         []float32 // the grid's rows averaged over map cells
}

func (p *gridPainter) load(i int) {
	if p.plan != nil {
		p.plan.load(i, p.bits)
		p.shiftX, p.shiftY = p.spread(i / (2 * p.plan.order))
	} else {
		p.generator.Seed(p.seed, uint64(i)*0x9e3779b97f4a7c15)
		p.toss()
		p.shiftX, p.shiftY = p.below(p.x.shifts), p.below(p.y.shifts)
	}
	p.enlarge()
}

// spread is the shift of a foldover. All its masks share it, which keeps the plan
// balanced; those of several foldovers are spread evenly over all shifts, by the
// two-dimensional additive recurrence R2 (Roberts 2018) from a random beginning.
func (p *gridPainter) spread(fold int) (x, y int) {
	p.generator.Seed(p.seed, 0)
	at := func(step float64, shifts int) int {
		begin := float64(p.generator.Uint64()>>11) / (1 << 53)
		_, fraction := math.Modf(begin + float64(fold)*step)
		return int(fraction * float64(shifts))
	}
	const g = 1.32471795724474602596 // g³ = g + 1
	return at(1/g, p.x.shifts), at(1/(g*g), p.y.shifts)
}

// toss draws every bit of the grid.
func (p *gridPainter) toss() {
	for c := range p.bits {
		p.bits[c] = 0
		if float64(p.generator.Uint64()>>11)/(1<<53) < p.keep {
			p.bits[c] = 1
		}
	}
}

// below draws a number in [0, n).
func (p *gridPainter) below(n int) int {
	high, _ := bits.Mul64(p.generator.Uint64(), uint64(n))
	return int(high)
}

func (p *gridPainter) enlarge() {
	for r := range p.grid {
		grid := p.bits[r*p.grid : (r+1)*p.grid]
		wide := p.wide[r*p.x.pixels : (r+1)*p.x.pixels]
		for x := range wide {
			k := p.x.knots[p.shiftX+x]
			wide[x] = (1-k.t)*grid[k.a] + k.t*grid[k.b]
		}
	}
}

func (p *gridPainter) row(y int, keep []float32) {
	k := p.y.knots[p.shiftY+y]
	upper := p.wide[k.a*p.x.pixels : (k.a+1)*p.x.pixels]
	lower := p.wide[k.b*p.x.pixels : (k.b+1)*p.x.pixels]
	for x := range keep {
		keep[x] = (1-k.t)*upper[x] + k.t*lower[x]
	}
}

// cells averages along x, then along y.
func (p *gridPainter) cells(keep []float32) {
	width, height := p.size()
	n := p.grid
	for c := range width {
		weights := p.x.weights(p.shiftX, c)
		for r := range n {
			p.across[r*width+c] = dot(weights, p.bits[r*n:(r+1)*n])
		}
	}
	for row := range height {
		weights := p.y.weights(p.shiftY, row)
		out := keep[row*width : (row+1)*width]
		clear(out)
		for r, w := range weights {
			if w == 0 {
				continue
			}
			for c, v := range p.across[r*width : (r+1)*width] {
				out[c] += w * v
			}
		}
	}
}

func dot(a, b []float32) float32 {
	sum := float32(0)
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// knotAt interpolates at a place of the grid, counted in cells from the centre
// of the first. Beyond the outermost centres the grid is mirrored.
func knotAt(place float64, cells int) knot {
	if cells == 1 {
		return knot{}
	}
	last := float64(cells - 1)
	if place < 0 {
		place = -place
	} else if place > last {
		place = 2*last - place
	}
	a := min(int(place), cells-2)
	return knot{a, a + 1, float32(place - float64(a))}
}
