package perturb

// shapleyFit fits score = empty + Σ φ·keep to coalitions, by least squares with
// weights, under the constraint that Σ φ is the score with every cell kept minus
// the score with none. The constraint is built in by writing the last cell's φ as
// what the others leave of that sum (Lundberg & Lee 2017, supplement).
type shapleyFit struct {
	leastSquares
	weights     []float64 // per coalition
	cells       int
	full, empty float64 // score with every cell kept, with none
	x           []float64
}

func newShapleyFit(cells int, full float64, weights []float64) *shapleyFit {
	n := cells - 1
	return &shapleyFit{leastSquares: newLeastSquares(n), weights: weights, cells: cells, full: full, empty: full, x: make([]float64, n)}
}

func (f *shapleyFit) add(i int, keep []float32, score float64) {
	if i == 0 { // the coalition of no cells
		f.empty = score
		return
	}
	n := f.cells - 1
	last := float64(keep[n])
	for c := range f.x {
		f.x[c] = float64(keep[c]) - last
	}
	f.leastSquares.add(f.weights[i], f.x, score-f.empty-last*(f.full-f.empty))
}

func (f *shapleyFit) values(out []float32) {
	phi := solve(f.normal, f.right)
	rest := f.full - f.empty
	for c, v := range phi {
		out[c] = float32(v)
		rest -= v
	}
	out[f.cells-1] = float32(rest)
}
