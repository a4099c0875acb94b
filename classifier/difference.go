package classifier

import (
	"fmt"
	"strconv"
)

// difference says how far outputs lie apart, as shares of their spread.
func difference(worst, allowed float64) string {
	if worst == 0 {
		return "no difference at all"
	}
	return fmt.Sprintf("largest difference %s of their spread, %s allowed", share(worst), share(allowed))
}

// share is a fraction as a percentage of one significant digit, without an exponent: 3.1e-7 is "0.00003 %".
func share(fraction float64) string {
	rounded, err := strconv.ParseFloat(fmt.Sprintf("%.0e", 100*fraction), 64)
	if err != nil {
		return fmt.Sprint(fraction)
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64) + " %"
}
