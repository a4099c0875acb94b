package trust

import (
	"math"
	"math/rand/v2"

	"github.com/sightline/sightline/internal/order"
)

func gaussian(square float64) float32 { return float32(math.Exp(-square / 2)) }

// ranking lists the pixels of a width×height input from the highest value of a
// map to the lowest: cells are spread over the input by bilinear interpolation
// between their centres. Equal pixels are ordered by a random field of the same
// cells, so that a flat part of a map goes in pieces of a cell's size: single
// pixels at random would destroy an image faster than any map.
func ranking(cells []float32, across, down reach, width, height int, seed, stream uint64) []int32 {
	r := rand.New(rand.NewPCG(seed, stream^0x7469657300000000))
	field := make([]float32, len(cells))
	for i := range field {
		field[i] = r.Float32()
	}
	pixels := make([]int32, width*height)
	for i := range pixels {
		pixels[i] = int32(i)
	}
	descending(pixels, enlarge(field, across, down, width, height))
	descending(pixels, enlarge(cells, across, down, width, height))
	return pixels
}

// descending sorts indices by their values, the highest first, keeping the order
// of equal ones.
func descending(indices []int32, values []float32) {
	keys := make([]uint64, len(indices))
	for at, i := range indices {
		keys[at] = uint64(^order.Key(values[i]))<<32 | uint64(uint32(i))
	}
	for at, k := range order.Radix(keys, 32) {
		indices[at] = int32(uint32(k))
	}
}

// enlarge interpolates linearly between the centres of cells; outside the
// outermost centres their values go on.
func enlarge(cells []float32, wide, tall reach, width, height int) []float32 {
	columns, rows := wide.cells, tall.cells
	out := make([]float32, width*height)
	across := make([]float32, rows*width)
	for x := range width {
		a, b, t := wide.between(x, width)
		for r := range rows {
			across[r*width+x] = mix(cells[r*columns+a], cells[r*columns+b], t)
		}
	}
	for y := range height {
		a, b, t := tall.between(y, height)
		for x := range width {
			out[y*width+x] = mix(across[a*width+x], across[b*width+x], t)
		}
	}
	return out
}

// mix is exactly a where a and b are equal, so that flat stays flat.
func mix(a, b, t float32) float32 { return a + t*(b-a) }

// reach is one side of a map: so many cells, and where the edges of the input lie among them.
type reach struct {
	cells      int
	from, upTo float64
}

// evenly is the reach of cells that fill the input.
func evenly(cells int) reach { return reach{cells, 0, float64(cells)} }

// pooled is the reach when there are so many cells instead.
func (r reach) pooled(cells int) reach {
	if cells == r.cells {
		return r
	}
	scale := float64(cells) / float64(r.cells)
	return reach{cells, r.from * scale, r.upTo * scale}
}

// between finds the cells whose centres enclose pixel i of n, and where between.
func (r reach) between(i, n int) (a, b int, t float32) {
	cells := r.cells
	at := r.from + (float64(i)+0.5)*(r.upTo-r.from)/float64(n) - 0.5
	at = math.Min(math.Max(at, 0), float64(cells-1))
	a = min(int(at), max(cells-2, 0))
	return a, min(a+1, cells-1), float32(at - float64(a))
}

// pool averages a map over a grid of columns×rows, cells that an edge of the grid
// cuts counting by their share. Not more columns or rows than the map has.
func pool(values []float32, width, height, columns, rows int) []float32 {
	out := make([]float32, columns*rows)
	for row := range rows {
		top, bottom := float64(row*height)/float64(rows), float64((row+1)*height)/float64(rows)
		for column := range columns {
			left, right := float64(column*width)/float64(columns), float64((column+1)*width)/float64(columns)
			sum := 0.0
			for y := int(top); y < height && float64(y) < bottom; y++ {
				tall := math.Min(bottom, float64(y+1)) - math.Max(top, float64(y))
				for x := int(left); x < width && float64(x) < right; x++ {
					sum += tall * (math.Min(right, float64(x+1)) - math.Max(left, float64(x))) * float64(values[y*width+x])
				}
			}
			out[row*columns+column] = float32(sum / ((bottom - top) * (right - left)))
		}
	}
	return out
}
