package concepts

import "math"

// Match pairs every row of a with another of b so that the sum of their cosines is the largest, and
// returns those cosines. b must have at least as many rows as a.
func Match(a, b Matrix) []float64 {
	gain := make([][]float64, a.Rows)
	for i := range gain {
		gain[i] = make([]float64, b.Rows)
		for j := range gain[i] {
			gain[i][j] = Cosine(a.Row(i), b.Row(j))
		}
	}
	list := make([]float64, a.Rows)
	for i, j := range assign(gain) {
		list[i] = gain[i][j]
	}
	return list
}

// assign chooses a column for every row, each column once, with the largest sum (Hungarian method by
// shortest augmenting paths; Jonker & Volgenant 1987). There must be no fewer columns than rows.
func assign(gain [][]float64) []int {
	rows, columns := len(gain), 0
	if rows > 0 {
		columns = len(gain[0])
	}
	u, v := make([]float64, rows+1), make([]float64, columns+1)
	of, way := make([]int, columns+1), make([]int, columns+1) // of: the row of a column, from 1; 0: none
	for i := 1; i <= rows; i++ {
		of[0] = i
		at := augment(gain, u, v, of, way)
		for at != 0 {
			of[at], at = of[way[at]], way[at]
		}
	}
	chosen := make([]int, rows)
	for j := 1; j <= columns; j++ {
		if of[j] > 0 {
			chosen[of[j]-1] = j - 1
		}
	}
	return chosen
}

// augment finds the shortest path from the row of column 0 to a free column, and returns that.
func augment(gain [][]float64, u, v []float64, of, way []int) int {
	least, seen := make([]float64, len(v)), make([]bool, len(v))
	for j := range least {
		least[j] = math.Inf(1)
	}
	at := 0
	for of[at] != 0 {
		seen[at] = true
		row, next, step := of[at], 0, math.Inf(1)
		for j := 1; j < len(v); j++ {
			if seen[j] {
				continue
			}
			if cost := -gain[row-1][j-1] - u[row] - v[j]; cost < least[j] {
				least[j], way[j] = cost, at
			}
			if least[j] < step {
				step, next = least[j], j
			}
		}
		for j := range v {
			if seen[j] {
				u[of[j]] += step
				v[j] -= step
			} else {
				least[j] -= step
			}
		}
		at = next
	}
	return at
}
