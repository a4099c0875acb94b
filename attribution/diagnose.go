package attribution

import "math"

// Rounding is how far float32 arithmetic inside a model may move a score of
// size 1 without any cause in the image.
const Rounding = 1e-6

// Diagnose returns why a map with these values and this score must not be read
// as if it meant something, or "" if it may be: not finite, zero (no place moves
// the score by more than rounding), constant (every place the same), or saturated
// (more than half of the places have the map's largest magnitude with the same
// sign, up to rounding, as if cut off there; a map that is zero at most places is
// not).
func Diagnose(values []float32, score float64) string {
	return diagnose(values, Rounding*math.Max(1, math.Abs(score)))
}

// diagnose takes the largest size that counts as zero.
func diagnose(values []float32, zero float64) string {
	low, high, ok := extent(values)
	size := math.Max(high, -low)
	switch {
	case !ok:
		return "not finite: the model gave NaN or infinity for a perturbed image"
	case size <= zero || len(values) == 0:
		return zeroNote
	case high-low <= Rounding*size:
		return "constant: every part of the image has the same value"
	case 2*mostExtreme(values, size) > len(values):
		return "saturated: more than half of the image has the map's most extreme value"
	}
	return ""
}

// extent is the smallest and the largest value; ok is false if one is not finite.
func extent(values []float32) (low, high float64, ok bool) {
	if len(values) == 0 {
		return 0, 0, true
	}
	least, most, none := values[0], values[0], float32(0)
	for _, v := range values {
		if v < least {
			least = v
		}
		if v > most {
			most = v
		}
		none += v - v // stays 0 unless v is infinite or not a number
	}
	return float64(least), float64(most), none == 0
}

// mostExtreme counts the values that have one size, up to rounding, and the sign
// that more of them have.
func mostExtreme(values []float32, size float64) int {
	least := size - Rounding*size
	above, below := 0, 0
	for _, v := range values {
		if float64(v) >= least {
			above++
		}
		if float64(v) <= -least {
			below++
		}
	}
	return max(above, below)
}

// zeroNote is what a map is called that has no value above rounding.
const zeroNote = "zero: no part of the image moves the score by more than rounding"
