package cam

import (
	"math"
	"math/rand/v2"
)

// largestEigen returns the unit eigenvector of the largest eigenvalue of a
// symmetric n×n matrix without negative eigenvalues, and that value. It iterates a
// block of vectors, so that it converges by the ratio of the block's next
// eigenvalue to the first, not of the second (Golub & Van Loan, Matrix
// computations, section 8.2.4, orthogonal iteration with Rayleigh–Ritz).
func largestEigen(a []float64, n int) (vector []float64, value float64) {
	block := startBlock(n)
	for range 300 {
		image := make([][]float64, len(block))
		for i, v := range block {
			image[i] = product(a, v)
		}
		block, value = rayleighRitz(block, image)
		if value == 0 || residual(a, block[0], value) <= 1e-12*value {
			break
		}
	}
	return block[0], value
}

// startBlock is up to eight orthonormal vectors, always the same.
func startBlock(n int) [][]float64 {
	r := rand.New(rand.NewPCG(1, 2))
	block := make([][]float64, min(n, 8))
	for i := range block {
		block[i] = make([]float64, n)
		for k := range n {
			block[i][k] = r.NormFloat64()
		}
	}
	return orthonormal(block)
}

// rayleighRitz returns the next block, the image of this one turned so that its
// first vector is the best known, and the largest eigenvalue so far.
func rayleighRitz(block, image [][]float64) ([][]float64, float64) {
	k := len(block)
	small := make([]float64, k*k)
	for i := range k {
		for j := range k {
			small[i*k+j] = inner(block[i], image[j])
		}
	}
	values, vectors := jacobi(small, k)
	next := make([][]float64, k)
	for j := range next {
		next[j] = make([]float64, len(block[0]))
		for i := range k {
			axpy(vectors[i*k+j], image[i], next[j])
		}
	}
	return orthonormal(next), max(values[0], 0)
}

// jacobi returns the eigenvalues of a symmetric k×k matrix, the largest first, and
// its eigenvectors as columns, by rotations that each clear one element (Golub &
// Van Loan, section 8.5). a is used up.
func jacobi(a []float64, k int) (values, vectors []float64) {
	vectors = make([]float64, k*k)
	for i := range k {
		vectors[i*k+i] = 1
	}
	for range 60 {
		cleared := true
		for p := range k {
			for q := p + 1; q < k; q++ {
				if math.Abs(a[p*k+q]) > 1e-17*math.Sqrt(math.Abs(a[p*k+p]*a[q*k+q])) {
					rotate(a, vectors, k, p, q)
					cleared = false
				}
			}
		}
		if cleared {
			break
		}
	}
	return sorted(a, vectors, k)
}

// rotate turns the plane of p and q so that a's element p,q becomes zero.
func rotate(a, vectors []float64, k, p, q int) {
	angle := 0.5 * math.Atan2(2*a[p*k+q], a[p*k+p]-a[q*k+q])
	sin, cos := math.Sincos(angle)
	for i := range k {
		x, y := a[i*k+p], a[i*k+q]
		a[i*k+p], a[i*k+q] = cos*x+sin*y, cos*y-sin*x
		x, y = vectors[i*k+p], vectors[i*k+q]
		vectors[i*k+p], vectors[i*k+q] = cos*x+sin*y, cos*y-sin*x
	}
	for i := range k {
		x, y := a[p*k+i], a[q*k+i]
		a[p*k+i], a[q*k+i] = cos*x+sin*y, cos*y-sin*x
	}
	a[p*k+q], a[q*k+p] = 0, 0
}

// sorted reads the diagonal and orders it and the columns, the largest first.
func sorted(a, vectors []float64, k int) (values, columns []float64) {
	values, columns = make([]float64, k), make([]float64, k*k)
	used := make([]bool, k)
	for j := range k {
		best := -1
		for i := range k {
			if !used[i] && (best < 0 || a[i*k+i] > a[best*k+best]) {
				best = i
			}
		}
		used[best], values[j] = true, a[best*k+best]
		for i := range k {
			columns[i*k+j] = vectors[i*k+best]
		}
	}
	return values, columns
}

// orthonormal makes vectors of unit length and right angles, in place, twice over
// so that rounding leaves nothing. What is spanned by the ones before becomes zero.
func orthonormal(vectors [][]float64) [][]float64 {
	for i, v := range vectors {
		for range 2 {
			for _, u := range vectors[:i] {
				axpy(-inner(u, v), u, v)
			}
			if length := math.Sqrt(inner(v, v)); length > 0 {
				scale(1/length, v)
			}
		}
	}
	return vectors
}

// residual is the length of a·v − value·v.
func residual(a, v []float64, value float64) float64 {
	image := product(a, v)
	axpy(-value, v, image)
	return math.Sqrt(inner(image, image))
}

func product(a, v []float64) []float64 {
	out := make([]float64, len(v))
	for i := range out {
		out[i] = inner(a[i*len(v):(i+1)*len(v)], v)
	}
	return out
}

// inner is the product of two vectors of one length. Four sums at once keep the
// processor from waiting for each addition.
func inner(a, b []float64) float64 {
	var sums [4]float64
	b = b[:len(a)]
	whole := len(a) &^ 3
	for i := 0; i < whole; i += 4 {
		x, y := a[i:i+4:i+4], b[i:i+4:i+4]
		sums[0] += x[0] * y[0]
		sums[1] += x[1] * y[1]
		sums[2] += x[2] * y[2]
		sums[3] += x[3] * y[3]
	}
	for i := whole; i < len(a); i++ {
		sums[0] += a[i] * b[i]
	}
	return sums[0] + sums[1] + sums[2] + sums[3]
}

// axpy adds factor times x to y.
func axpy(factor float64, x, y []float64) {
	for i, v := range x {
		y[i] += factor * v
	}
}

func scale(factor float64, v []float64) {
	for i := range v {
		v[i] *= factor
	}
}
