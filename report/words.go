package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/sightline/sightline/server/api"
)

// percent is a share in words: 12.3 %.
func percent(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }

// joined keeps a number and its percent sign in one line, as a page breaks lines where it likes.
func joined(text string) string { return strings.ReplaceAll(text, " %", "\u00a0%") }

// points is a difference of shares, with its sign.
func points(v float64) string {
	return strings.Replace(fmt.Sprintf("%+.1f", 100*v), "-", "−", 1)
}

// interval is an estimate's interval, "" where there is none.
func interval(e api.Estimate) string {
	if !e.Known {
		return ""
	}
	return fmt.Sprintf("%.1f to %.1f", 100*e.Low, 100*e.High)
}

// pValue is a p-value as it is told.
func pValue(p float64) string {
	if p < 0.0001 {
		return "p < 0.0001"
	}
	return fmt.Sprintf("p = %.2g", p)
}

// fixed is a number with three digits after the point.
func fixed(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}

// short is the beginning of a hash.
func short(hash string) string { return hash[:min(12, len(hash))] }

// count is a whole number with thin spaces between thousands.
func count(n any) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}
