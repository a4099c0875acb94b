package perturb

// design says which perturbations a method asks for. Perturbation i depends on
// nothing but the design and i, so neither batch size nor order can change a map.
type design interface {
	// size is the number of cells of the maps the design can estimate.
	size() (width, height int)
	// count is the number of perturbations there are at most.
	count() int
	// painter returns a drawer of masks; each goroutine uses its own.
	painter() painter
}

// painter draws the mask of one perturbation: 1 keeps a part of the image, 0
// replaces it by the fill, and values between mix the two.
type painter interface {
	// load chooses the perturbation the other methods speak of.
	load(i int)
	// row writes the mask along row y of the model's input.
	row(y int, keep []float32)
	// cells writes the mask's mean over each map cell, row by row.
	cells(keep []float32)
}

// estimator turns perturbations and what the model said to them into a map.
type estimator interface {
	// add takes the cells of the mask of perturbation i and the explained score
	// under it. Perturbations come in order.
	add(i int, keep []float32, score float64)
	// values writes the estimate from what was added so far.
	values(out []float32)
}

// doubted is an estimator that knows how far chance may have moved its map.
type doubted interface {
	// errors returns standard errors: of a value, the mean over cells, as a share of
	// the largest value, and of the sum, as a share of it; zeros where nothing is known.
	errors() (cell, sum float64)
}

// spans splits a side of n pixels into cells of equal, not necessarily whole,
// size: cell i covers [edges[i], edges[i+1]).
func spans(n, cells int) []float64 {
	edges := make([]float64, cells+1)
	for i := range edges {
		edges[i] = float64(n) * float64(i) / float64(cells)
	}
	return edges
}
