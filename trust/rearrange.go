package trust

import (
	"math/rand/v2"

	"github.com/sightline/sightline/imaging"
)

// Content is what the model says of an image, and of the same image with
// DefaultGrid×DefaultGrid cells of it in random order: log-odds of the explained
// class (in a contrast, of the class whose score is not subtracted).
type Content struct {
	Whole      float64 `json:"whole"`
	Rearranged float64 `json:"rearranged"` // median of as many orders as there are controls
	High       float64 `json:"high"`       // their 95th percentile
}

// MinFall is by how much the log-odds of the explained class must fall, in the
// median, when the image's cells are put in random order, for a map to be
// green: by 1, a factor e of the odds.
const MinFall = 1

// Matters says whether the score needs what the image shows: whether it beats
// the 95th percentile of the rearranged images' and by MinFall their median.
// Where it does not, a map may be as faithful as can be, as it is to a model with
// random weights, and still there is nothing it could show.
func (c Content) Matters() bool {
	return c.Whole > c.High && c.Whole-c.Rearranged >= MinFall
}

// rearrange writes to dst the input with its cells, grid×grid of whole pixels, in
// random order, the same for the same seed and i: what it shows is gone, its
// colours and small textures stay. Where cells differ by a pixel in size, a
// larger place repeats the last row or column of what it gets.
func rearrange(dst, input []float32, channels, height, width int, layout imaging.Layout, grid int, seed uint64, i int) {
	columns, rows := min(grid, width), min(grid, height)
	order := rand.New(rand.NewPCG(seed^0x7265617272616e67, uint64(i))).Perm(columns * rows)
	step, plane := 1, height*width
	if layout == imaging.NHWC {
		step, plane = channels, 1
	}
	for y := range height {
		row := y * rows / height
		for x := range width {
			column := x * columns / width
			from := order[row*columns+column]
			sourceX := moved(x, column, from%columns, columns, width)
			sourceY := moved(y, row, from/columns, rows, height)
			to, at := (y*width+x)*step, (sourceY*width+sourceX)*step
			for channel := range channels {
				dst[channel*plane+to] = input[channel*plane+at]
			}
		}
	}
}

// moved is where pixel i, which lies in cell to, comes from if cell from is put
// there. Cell k of n pixels begins at the first i with i·cells/n = k.
func moved(i, to, from, cells, n int) int {
	begin := func(k int) int { return (k*n + cells - 1) / cells }
	return min(begin(from)+i-begin(to), begin(from+1)-1)
}
