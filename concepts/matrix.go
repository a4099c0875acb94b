package concepts

import "math"

// Matrix is rows×columns values, row by row.
type Matrix struct {
	Rows, Columns int
	Values        []float32
}

// NewMatrix is one of zeros.
func NewMatrix(rows, columns int) Matrix {
	return Matrix{rows, columns, make([]float32, rows*columns)}
}

// Row is a row of the matrix, not a copy.
func (m Matrix) Row(i int) []float32 { return m.Values[i*m.Columns : (i+1)*m.Columns] }

// Picked is a copy of some rows.
func (m Matrix) Picked(rows []int) Matrix {
	out := NewMatrix(len(rows), m.Columns)
	for i, r := range rows {
		copy(out.Row(i), m.Row(r))
	}
	return out
}

// dot is the sum of products; four sums at once are faster, and rounded less, than one.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3)
}

// times is a·bᵀ: a's rows × b's rows.
func times(a, b Matrix) Matrix {
	out := NewMatrix(a.Rows, b.Rows)
	for i := range a.Rows {
		row, to := a.Row(i), out.Row(i)
		for j := range to {
			to[j] = dot(row, b.Row(j))
		}
	}
	return out
}

// crossed is aᵀ·b: a's columns × b's columns.
func crossed(a, b Matrix) Matrix {
	out := NewMatrix(a.Columns, b.Columns)
	for i := range a.Rows {
		row := b.Row(i)
		for j, weight := range a.Row(i) {
			if weight == 0 {
				continue
			}
			to := out.Row(j)
			for c, v := range row {
				to[c] += weight * v
			}
		}
	}
	return out
}

// Cosine is the cosine of the angle between two vectors; 0 if one of them is zero.
func Cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i, v := range a {
		w := float64(b[i])
		ab, aa, bb = ab+float64(v)*w, aa+float64(v)*float64(v), bb+w*w
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}

func root(v float32) float32 { return float32(math.Sqrt(float64(v))) }
