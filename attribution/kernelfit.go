package attribution

import "math"

// shapleyFit fits score = empty + Σ φ·keep to coalitions, by least squares with
// weights, under the constraint that Σ φ is the score with every cell kept minus
// the score with none. The constraint is built in by writing the last cell's φ as
// what the others leave of that sum (Lundberg & Lee 2017, supplement).
type shapleyFit struct {
	weights     []float64 // per coalition
	cells       int
	full, empty float64   // score with every cell kept, with none
	normal      []float64 // (cells−1)², Σ w·x·xᵀ: lower triangle
	right       []float64 // Σ w·x·y
	x           []float64
}

func newShapleyFit(cells int, full float64, weights []float64) *shapleyFit {
	n := cells - 1
	return &shapleyFit{weights: weights, cells: cells, full: full, empty: full, normal: make([]float64, n*n), right: make([]float64, n), x: make([]float64, n)}
}

func (f *shapleyFit) add(i int, keep []float32, score float64) {
	if i == 0 { // the coalition of no cells
		f.empty = score
		return
	}
	n := f.cells - 1
	last, w := float64(keep[n]), f.weights[i]
	y := score - f.empty - last*(f.full-f.empty)
	for c := range f.x {
		f.x[c] = float64(keep[c]) - last
	}
	for r, x := range f.x {
		if x == 0 {
			continue
		}
		f.right[r] += w * x * y
		row := f.normal[r*n : r*n+r+1]
		for c := range row {
			row[c] += w * x * f.x[c]
		}
	}
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

// ridge is added to the diagonal of normal equations, as a share of its mean: it
// does not show in the result, but where there are too few coalitions to tell all
// cells apart it picks a solution instead of dividing by zero.
const ridge = 1e-10

// solve solves the symmetric positive semidefinite system whose lower triangle is
// given, by Cholesky's decomposition. All zero where the matrix is.
func solve(lower, right []float64) []float64 {
	n := len(right)
	l, x := make([]float64, n*n), make([]float64, n)
	trace := 0.0
	for i := range n {
		trace += lower[i*n+i]
	}
	if trace == 0 {
		return x
	}
	for i := range n {
		for j := range i + 1 {
			sum := lower[i*n+j]
			for k := range j {
				sum -= l[i*n+k] * l[j*n+k]
			}
			if i == j {
				l[i*n+i] = math.Sqrt(math.Max(sum, 0) + ridge*trace/float64(n))
			} else {
				l[i*n+j] = sum / l[j*n+j]
			}
		}
	}
	for i := range n { // forward, then backward
		x[i] = right[i]
		for k := range i {
			x[i] -= l[i*n+k] * x[k]
		}
		x[i] /= l[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			x[i] -= l[k*n+i] * x[k]
		}
		x[i] /= l[i*n+i]
	}
	return x
}
