package perturb

import (
	"math"
)

// leastSquares gathers the normal equations of a weighted linear fit of y by
// products with x.
type leastSquares struct {
	normal []float64 // n², Σ w·x·xᵀ: lower triangle
	right  []float64 // Σ w·x·y
}

func newLeastSquares(n int) leastSquares {
	return leastSquares{normal: make([]float64, n*n), right: make([]float64, n)}
}

func (f *leastSquares) add(w float64, x []float64, y float64) {
	n := len(x)
	for r, v := range x {
		if v == 0 {
			continue
		}
		f.right[r] += w * v * y
		row := f.normal[r*n : r*n+r+1]
		for c := range row {
			row[c] += w * v * x[c]
		}
	}
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
