package worker

import "math"

// Budget is what a worker may take for its maps, in bytes, beyond the weights of
// the models it has open and of the programs that were made of them (see models):
// three quarters for runs of programs, which are told how much they take per
// sample, an eighth for images that wait for them.
type Budget int64

// piece is how many samples may be in each of so many runs side by side, at least
// one.
func (b Budget) piece(perSample int64, runs int) int {
	if perSample <= 0 {
		return math.MaxInt32
	}
	return int(max(1, int64(b)/4*3/(perSample*int64(runs))))
}

// Waiting is how many samples whose inputs, and outputs of their size, take so
// many bytes may be held at once.
func (b Budget) Waiting(perSample int64) int {
	return int(max(1, int64(b)/8/max(1, perSample)))
}
