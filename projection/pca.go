package projection

import (
	"fmt"
	"math"
	"runtime"
	"sync"
)

// Vectors are n vectors of Dim values, one after the other.
type Vectors struct {
	Dim    int
	Values []float32 // [n][Dim]
}

// Len is how many there are.
func (v Vectors) Len() int {
	if v.Dim == 0 {
		return 0
	}
	return len(v.Values) / v.Dim
}

// Row copies one; it is what package neighbours reads.
func (v Vectors) Row(row int, into []float32) error {
	if copy(into, v.row(row)) != v.Dim {
		return fmt.Errorf("row %d has %d values, not %d", row, v.Dim, len(into))
	}
	return nil
}

func (v Vectors) row(i int) []float32 { return v.Values[i*v.Dim : (i+1)*v.Dim] }

// Normalise makes every vector one of length 1, as the cosine sees it; one without a direction becomes zeros.
func (v Vectors) Normalise() {
	inBlocks(v.Len(), func(_, from, to int) {
		for i := from; i < to; i++ {
			row := v.row(i)
			length := math.Sqrt(dot(row, row))
			if !(length > 0) || math.IsInf(length, 0) {
				clear(row)
				continue
			}
			for j, f := range row {
				row[j] = float32(float64(f) / length)
			}
		}
	})
}

// PCA is where vectors lie along their two principal components, and what share of all variance each
// has. Of each component the largest weight (the first of equal ones) is positive.
type PCA struct {
	Points []float32    // [n][2], centred
	Shares [2]float64   // 0 where there is no variance
	axes   [2][]float64 // of length 1, or zeros
	shifts [2]float64   // where the middle lies along them
}

// At is where another vector lies, one of length 1 if they were.
func (p *PCA) At(row []float32) (x, y float32) {
	var at [2]float32
	for k, axis := range p.axes {
		if axis != nil {
			at[k] = float32(along(row, axis) - p.shifts[k])
		}
	}
	return at[0], at[1]
}

const (
	steps    = 48    // of Lanczos' method at most
	accuracy = 1e-10 // of a component's variance, by which it ends earlier
)

// Principal finds the two principal components by Lanczos' method with full reorthogonalisation (Golub and Van Loan, Matrix
// Computations, 10.3), on the covariance that is never formed. Values must be finite.
func Principal(v Vectors) PCA {
	n, dim := v.Len(), v.Dim
	out := PCA{Points: make([]float32, 2*n)}
	if n < 2 || dim == 0 {
		return out
	}
	c := centred{v, v.mean(), make([]float64, parts*dim)}
	total := c.variance()
	if total <= 0 {
		return out
	}
	axes, values := c.lanczos(total)
	for k, axis := range axes {
		point(axis)
		out.Shares[k] = min(1, max(0, values[k]/total))
		out.axes[k], out.shifts[k] = axis, dotted(axis, c.middle)
		c.project(axis, func(row int, at float64) { out.Points[2*row+k] = float32(at) })
	}
	return out
}

// centred is vectors less their mean.
type centred struct {
	Vectors
	middle []float64
	sums   []float64 // [parts][Dim], of the blocks
}

func (v Vectors) mean() []float64 {
	sums := make([]float64, parts*v.Dim)
	inBlocks(v.Len(), func(part, from, to int) {
		sum := sums[part*v.Dim : (part+1)*v.Dim]
		for i := from; i < to; i++ {
			for j, f := range v.row(i) {
				sum[j] += float64(f)
			}
		}
	})
	return added(sums, v.Dim, 1/float64(v.Len()))
}

// added adds up the sums of blocks, always in their order.
func added(sums []float64, dim int, times float64) []float64 {
	out := make([]float64, dim)
	for at := 0; at < len(sums); at += dim {
		for j, f := range sums[at : at+dim] {
			out[j] += f
		}
	}
	for j := range out {
		out[j] *= times
	}
	return out
}

// variance is that of all values together.
func (c centred) variance() (sum float64) {
	var of [parts]float64
	inBlocks(c.Len(), func(part, from, to int) {
		for i := from; i < to; i++ {
			for j, f := range c.row(i) {
				off := float64(f) - c.middle[j]
				of[part] += off * off
			}
		}
	})
	for _, s := range of {
		sum += s
	}
	return sum / float64(c.Len())
}

// project tells where each row lies along an axis.
func (c centred) project(axis []float64, tell func(row int, at float64)) {
	shift := dotted(axis, c.middle)
	inBlocks(c.Len(), func(_, from, to int) {
		for i := from; i < to; i++ {
			tell(i, along(c.row(i), axis)-shift)
		}
	})
}

// times multiplies an axis by the covariance.
func (c centred) times(axis []float64) []float64 {
	clear(c.sums)
	shift := dotted(axis, c.middle)
	var lengths [parts]float64
	inBlocks(c.Len(), func(part, from, to int) {
		sum := c.sums[part*c.Dim : (part+1)*c.Dim]
		for i := from; i < to; i++ {
			row := c.row(i)
			at := along(row, axis) - shift
			lengths[part] += at
			for j, f := range row {
				sum[j] += at * float64(f)
			}
		}
	})
	out := added(c.sums, c.Dim, 1)
	all := 0.0
	for _, l := range lengths {
		all += l
	}
	for j := range out {
		out[j] = (out[j] - all*c.middle[j]) / float64(c.Len())
	}
	return out
}

// lanczos finds the two axes of largest variance, and these.
func (c centred) lanczos(total float64) (axes [2][]float64, values [2]float64) {
	var base [][]float64
	var diagonal, beside []float64
	next := started(c.Dim)
	for len(base) < min(steps, c.Dim) {
		base = append(base, next)
		image := c.times(next)
		diagonal = append(diagonal, dotted(image, next))
		for range 2 { // once is not enough where much is taken away
			for _, b := range base {
				less(image, b, dotted(image, b))
			}
		}
		length := math.Sqrt(dotted(image, image))
		left := length <= 1e-13*total
		if len(base)%4 == 0 || left || len(base) == min(steps, c.Dim) {
			values, axes = ritz(base, diagonal, beside)
			if left || length*last(diagonal, beside) <= accuracy*values[0] {
				break
			}
		}
		beside = append(beside, length)
		for j := range image {
			image[j] /= length
		}
		next = image
	}
	for k := range axes {
		if axes[k] == nil {
			axes[k] = make([]float64, c.Dim)
		}
	}
	return axes, values
}

// started is a direction that no component stands at right angles to, but by bad luck.
func started(dim int) []float64 {
	v := make([]float64, dim)
	for j := range v {
		v[j] = float64(mixed(uint64(j)+1)>>11)/(1<<53) - 0.5
	}
	length := math.Sqrt(dotted(v, v))
	for j := range v {
		v[j] /= length
	}
	return v
}

// ritz is the two largest eigenvalues of the tridiagonal matrix, and their vectors in the space of the base.
func ritz(base [][]float64, diagonal, beside []float64) (values [2]float64, axes [2][]float64) {
	all, vectors := tridiagonal(diagonal, beside)
	for k, which := range largest(all) {
		if which < 0 {
			continue
		}
		values[k], axes[k] = all[which], make([]float64, len(base[0]))
		for i, b := range base {
			less(axes[k], b, -vectors[i][which])
		}
	}
	return values, axes
}

// last is the largest weight that the last vector of the base has in the two axes: times what is left, their error.
func last(diagonal, beside []float64) (most float64) {
	all, vectors := tridiagonal(diagonal, beside)
	for _, which := range largest(all) {
		if which >= 0 {
			most = max(most, math.Abs(vectors[len(all)-1][which]))
		}
	}
	return most
}

// largest are the places of the two largest values, −1 where there are fewer.
func largest(values []float64) [2]int {
	best := [2]int{-1, -1}
	for i, v := range values {
		switch {
		case best[0] < 0 || v > values[best[0]]:
			best = [2]int{i, best[0]}
		case best[1] < 0 || v > values[best[1]]:
			best[1] = i
		}
	}
	return best
}

// tridiagonal is the eigenvalues of a symmetric matrix of that diagonal and of what stands beside it, and their vectors as
// columns, by Jacobi's rotations.
func tridiagonal(diagonal, beside []float64) (values []float64, vectors [][]float64) {
	n := len(diagonal)
	a, vectors := square(n), square(n)
	for i := range n {
		a[i][i], vectors[i][i] = diagonal[i], 1
		if i > 0 {
			a[i][i-1], a[i-1][i] = beside[i-1], beside[i-1]
		}
	}
	for range 60 {
		off := 0.0
		for p := range n {
			for q := p + 1; q < n; q++ {
				off += a[p][q] * a[p][q]
				rotate(a, vectors, p, q)
			}
		}
		if off == 0 {
			break
		}
	}
	values = make([]float64, n)
	for i := range n {
		values[i] = a[i][i]
	}
	return values, vectors
}

// rotate makes a[p][q] zero (Golub and Van Loan, 8.5).
func rotate(a, vectors [][]float64, p, q int) {
	if math.Abs(a[p][q]) <= 1e-300 {
		a[p][q], a[q][p] = 0, 0
		return
	}
	tau := (a[q][q] - a[p][p]) / (2 * a[p][q])
	t := 1 / (math.Abs(tau) + math.Sqrt(1+tau*tau))
	if tau < 0 {
		t = -t
	}
	c := 1 / math.Sqrt(1+t*t)
	s := t * c
	for i := range a {
		a[i][p], a[i][q] = c*a[i][p]-s*a[i][q], s*a[i][p]+c*a[i][q]
	}
	for i := range a {
		a[p][i], a[q][i] = c*a[p][i]-s*a[q][i], s*a[p][i]+c*a[q][i]
		vectors[i][p], vectors[i][q] = c*vectors[i][p]-s*vectors[i][q], s*vectors[i][p]+c*vectors[i][q]
	}
	a[p][q], a[q][p] = 0, 0
}

func square(n int) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
	}
	return m
}

// point turns an axis so that its largest weight is positive.
func point(axis []float64) {
	most := 0
	for j, f := range axis {
		if math.Abs(f) > math.Abs(axis[most]) {
			most = j
		}
	}
	if axis[most] < 0 {
		for j := range axis {
			axis[j] = -axis[j]
		}
	}
}

// less takes so many times b away from a.
func less(a, b []float64, times float64) {
	for j, f := range b {
		a[j] -= times * f
	}
}

func dotted(a, b []float64) (sum float64) {
	for j, f := range a {
		sum += f * b[j]
	}
	return sum
}

func dot(a, b []float32) (sum float64) {
	for j, f := range a {
		sum += float64(f) * float64(b[j])
	}
	return sum
}

// along is where a vector lies along an axis.
func along(row []float32, axis []float64) float64 {
	var a, b, c, d float64
	j := 0
	for ; j+4 <= len(row); j += 4 {
		a += float64(row[j]) * axis[j]
		b += float64(row[j+1]) * axis[j+1]
		c += float64(row[j+2]) * axis[j+2]
		d += float64(row[j+3]) * axis[j+3]
	}
	for ; j < len(row); j++ {
		a += float64(row[j]) * axis[j]
	}
	return a + b + (c + d)
}

// parts is into how many blocks rows are divided, however many cores there are: their sums are added in their order.
const parts = 64

// inBlocks works on blocks of 0…n on all cores.
func inBlocks(n int, do func(part, from, to int)) {
	cores := min(parts, runtime.GOMAXPROCS(0))
	if n < 2*parts || cores == 1 {
		for p := range parts {
			do(p, n*p/parts, n*(p+1)/parts)
		}
		return
	}
	var all sync.WaitGroup
	for core := range cores {
		all.Go(func() {
			for p := core; p < parts; p += cores {
				do(p, n*p/parts, n*(p+1)/parts)
			}
		})
	}
	all.Wait()
}

// mixed is a step of SplitMix64 (Steele, Lea and Flood 2014): as good as drawn, from any number.
func mixed(z uint64) uint64 {
	z *= 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
