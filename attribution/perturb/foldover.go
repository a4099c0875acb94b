package perturb

import (
	"math/bits"
	"math/rand/v2"
)

// foldovers is a two-level screening design: the rows of a Hadamard matrix of
// Sylvester's kind, each followed by its complement (a "foldover", Box & Wilson
// 1951), cells being columns. In one foldover of order n, 2n coalitions for up to
// n cells:
//
//   - every cell is kept in exactly half of the coalitions, and any two cells are
//     kept together in a quarter: main effects do not disturb each other;
//   - complements cancel every interaction of an even number of cells;
//   - what is left is aliasing with odd ones: the product of the signs of three
//     columns is a fourth column, so an interaction of three cells looks like a main
//     effect of the cell that has that column, if one does.
//
// Each foldover has its own random choice of columns, signs and order of rows, so
// that over several of them aliases fall on other cells with other signs, and
// average out.
type foldovers struct {
	order   int      // n: the power of two that holds all cells
	columns [][]int  // per foldover: the matrix column of each cell
	flipped [][]bool // per foldover: whether the cell's column is negated
	rows    [][]int  // per foldover: the order of the rows
}

func newFoldovers(cells, count int, seed uint64) *foldovers {
	d := &foldovers{order: hadamardOrder(cells)}
	for k := range count {
		r := rand.New(rand.NewPCG(seed, uint64(k)))
		flipped := make([]bool, cells)
		for c := range flipped {
			flipped[c] = r.Uint64()&1 == 1
		}
		d.columns = append(d.columns, r.Perm(d.order)[:cells])
		d.flipped = append(d.flipped, flipped)
		d.rows = append(d.rows, r.Perm(d.order))
	}
	return d
}

// hadamardOrder is the smallest power of two, two at least, that is not below
// the number of cells.
func hadamardOrder(cells int) int { return 1 << max(1, bits.Len(uint(cells-1))) }

// foldoverRuns is the number of coalitions in one foldover for so many cells.
func foldoverRuns(cells int) int { return 2 * hadamardOrder(cells) }

func (d *foldovers) count() int { return 2 * d.order * len(d.rows) }

func (d *foldovers) load(i int, keep []float32) {
	fold, at := i/(2*d.order), i%(2*d.order)
	row, complement := d.rows[fold][at/2], at%2 == 1
	flipped := d.flipped[fold]
	for c, column := range d.columns[fold] {
		keep[c] = 0
		// Sylvester's matrix has −1 where row and column share an odd number of bits.
		negative := bits.OnesCount(uint(row&column))%2 == 1
		if negative == (flipped[c] != complement) {
			keep[c] = 1
		}
	}
}

// coins is the plain random design: every cell of every coalition is kept with
// chance one half, independently. It is there for comparison.
type coins struct {
	runs int
	seed uint64
}

func (d coins) count() int { return d.runs }

func (d coins) load(i int, keep []float32) {
	generator := rand.NewPCG(d.seed, uint64(i)*0x9e3779b97f4a7c15)
	for c := range keep {
		keep[c] = float32(generator.Uint64() >> 63)
	}
}
