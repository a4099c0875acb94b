package perturb

// tally holds the sums over perturbations that the linear estimators need. The
// score is counted from base, the untouched image's, so that a large constant
// in it does not eat the precision of the differences.
type tally struct {
	base  float64
	n     float64
	score float64   // Σ s
	keep  []float64 // Σ m per cell
	keep2 []float64 // Σ m² per cell
	cross []float64 // Σ s·m per cell
}

func newTally(cells int, base float64) *tally {
	sums := make([]float64, 3*cells)
	return &tally{base: base, keep: sums[:cells], keep2: sums[cells : 2*cells], cross: sums[2*cells:]}
}

func (t *tally) add(_ int, keep []float32, score float64) {
	s := score - t.base
	t.n++
	t.score += s
	for c, k := range keep {
		m := float64(k)
		t.keep[c] += m
		t.keep2[c] += m * m
		t.cross[c] += s * m
	}
}

// centred estimates the effect of keeping a cell as the covariance of score and
// mask divided by the variance of the mask: the slope of the score against how
// much of the cell is kept. A cell the score does not depend on has slope zero.
type centred struct{ *tally }

func (t centred) values(out []float32) {
	for c := range out {
		variance := t.keep2[c] - t.keep[c]*t.keep[c]/t.n
		if variance <= 1e-9*t.n { // never varied (so far): nothing is known
			out[c] = 0
			continue
		}
		out[c] = float32((t.cross[c] - t.score*t.keep[c]/t.n) / variance)
	}
}

// drop estimates the effect of keeping a cell as the mean fall of the score in
// the perturbations that hide it, weighted by how much of it they hide. Used
// where a perturbation hides one place only: there a covariance would compare
// with images in which some other place is hidden, so that cells without
// effect got the others' mean effect, negated; the untouched image is the
// right thing to compare with.
type drop struct{ *tally }

func (t drop) values(out []float32) {
	for c := range out {
		hidden := t.n - t.keep[c]
		if hidden <= 0 { // not visited yet
			out[c] = 0
			continue
		}
		out[c] = float32((t.cross[c] - t.score) / hidden)
	}
}

// published is the map of the RISE paper (Petsiuk et al. 2018, equation 6):
// Σ score·mask ÷ (N·E[mask]). It carries a constant offset, the mean score.
type published struct {
	*tally
	expected float64 // E[mask]
}

func (t published) values(out []float32) {
	for c := range out {
		out[c] = float32((t.cross[c] + t.base*t.keep[c]) / (t.n * t.expected))
	}
}
