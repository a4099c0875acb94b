package main

import (
	"fmt"
	"io"
	"math"
)

// comparisons are a structured series and what it is set beside.
var comparisons = [][]string{{planned, rise}, {factorial, random, rise}, {factorialH, randomH, rise}}

// reportPairs sets structured designs beside the others at equal forwards,
// photograph by photograph, over the 7×7 cells, and says how many forwards the others need to be as close.
func reportPairs(w io.Writer, results []result) {
	fmt.Fprintf(w, "\n| maps | forwards | set beside | difference of correlations | better on | forwards the other needs |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, c := range comparisons {
		for _, r := range of(results, c[0]) {
			for _, name := range c[1:] {
				other := of(results, name)
				difference, better := paired(r, nearest(other, r.forwards))
				fmt.Fprintf(w, "| %s | %d | %s | %s | %d of %d | %s |\n", r.name, r.forwards, name,
					interval(difference), better, len(present(difference)), needed(other, median(r.coarse)))
			}
		}
	}
}

// of is the results of one series, by forwards.
func of(results []result, name string) []result {
	var out []result
	for _, r := range results {
		if r.name == name {
			out = append(out, r)
		}
	}
	return out
}

// nearest is the result with the number of forwards closest to n.
func nearest(results []result, n int) result {
	best := results[0]
	for _, r := range results {
		if math.Abs(float64(r.forwards-n)) < math.Abs(float64(best.forwards-n)) {
			best = r
		}
	}
	return best
}

// paired is the difference of two results on each photograph, and on how many
// the first is the higher.
func paired(a, b result) (difference []float64, better int) {
	for i, v := range a.coarse {
		difference = append(difference, v-b.coarse[i])
		if v > b.coarse[i] {
			better++
		}
	}
	return difference, better
}

// needed is the number of forwards at which a series' median reaches a value,
// interpolated linearly over the logarithm of forwards between two measured ones.
func needed(results []result, value float64) string {
	for i, r := range results {
		m := median(r.coarse)
		switch {
		case m < value:
			continue
		case i == 0:
			return fmt.Sprintf("≤ %d", r.forwards)
		}
		before := results[i-1]
		low := median(before.coarse)
		t := (value - low) / (m - low)
		return fmt.Sprintf("%.0f", math.Exp((1-t)*math.Log(float64(before.forwards))+t*math.Log(float64(r.forwards))))
	}
	return fmt.Sprintf("> %d", results[len(results)-1].forwards)
}
