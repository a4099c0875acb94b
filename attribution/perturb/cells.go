package perturb

// coalitions is a list of subsets of the cells of a grid, the ones kept visible
// ("coalitions", as in game theory, where the cells are the players).
type coalitions interface {
	// count is the number of coalitions.
	count() int
	// load writes coalition i: 1 for every cell that is kept, else 0. It depends
	// on nothing but i, and may be called from several goroutines.
	load(i int, keep []float32)
}

// cellGrid is the design of methods that keep or hide whole cells of a grid,
// with hard edges. Cells are whole pixels: where the grid does not divide the
// input, some are a pixel larger. See softGrid for soft edges.
type cellGrid struct {
	coalitions
	columns, rows   int
	columnOf, rowOf []int // the cell each column and row of pixels lies in
}

// gridSize is the number of columns and rows of a grid of wanted cells per side
// on an input; never more cells than pixels.
func gridSize(wanted, width, height int) (columns, rows int) {
	return min(wanted, width), min(wanted, height)
}

func newCellGrid(c coalitions, columns, rows, width, height int) *cellGrid {
	return &cellGrid{coalitions: c, columns: columns, rows: rows, columnOf: cellOf(width, columns), rowOf: cellOf(height, rows)}
}

// cellOf says in which of the cells along a side each of its n pixels lies.
func cellOf(n, cells int) []int {
	edges, of := wholeSpans(n, cells), make([]int, n)
	for c := range cells {
		for p := edges[c]; p < edges[c+1]; p++ {
			of[p] = c
		}
	}
	return of
}

func (d *cellGrid) size() (int, int) { return d.columns, d.rows }

func (d *cellGrid) painter() painter {
	return &cellPainter{cellGrid: d, kept: make([]float32, d.columns*d.rows)}
}

// cellPainter draws one coalition.
type cellPainter struct {
	*cellGrid
	kept []float32
}

func (p *cellPainter) load(i int) { p.coalitions.load(i, p.kept) }

func (p *cellPainter) row(y int, keep []float32) {
	cells := p.kept[p.rowOf[y]*p.columns:]
	for x, c := range p.columnOf {
		keep[x] = cells[c]
	}
}

func (p *cellPainter) cells(keep []float32) { copy(keep, p.kept) }
