package main

import (
	"fmt"
	"io"
	"math"
)

// reportPairs sets the structured design beside the others at equal forwards,
// photograph by photograph, and says what it saves.
func reportPairs(w io.Writer, results []result) {
	fmt.Fprintf(w, "\n| forwards | structured − random (7×7) | better on | structured − RISE (7×7) | better on | random needs | RISE needs |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, r := range of(results, factorial) {
		fmt.Fprintf(w, "| %d", r.forwards)
		for _, name := range []string{random, rise} {
			difference, better := paired(r, nearest(of(results, name), r.forwards))
			fmt.Fprintf(w, " | %s | %d of %d", interval(difference), better, len(difference))
		}
		for _, name := range []string{random, rise} {
			fmt.Fprintf(w, " | %s", needed(of(results, name), median(r.coarse)))
		}
		fmt.Fprintln(w, " |")
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
