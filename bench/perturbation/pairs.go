package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
)

// comparisons are a structured series and what it is set beside.
var comparisons = [][]string{{planned, rise}, {factorial, random, rise}, {factorialH, randomH, rise}}

// reportPairs sets structured designs beside the others at equal forwards,
// photograph by photograph, over the 7×7 cells, and says how many forwards the others need to be as close.
func reportPairs(w io.Writer, results []result) {
	fmt.Fprintf(w, "\n| maps | forwards | set beside | difference of correlations | better on | forwards the other needs | over 32×32 cells |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, c := range comparisons {
		for _, r := range of(results, c[0]) {
			for _, name := range c[1:] {
				other := of(results, name)
				difference, better := paired(r, nearest(other, r.forwards))
				fmt.Fprintf(w, "| %s | %d | %s | %s | %d of %d | %s | %s |\n", r.name, r.forwards, name,
					interval(difference), better, len(present(difference)), saving(r, other), saving(finer(r)[0], finer(other...)))
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

// saving is the number of forwards at which the other series' median correlation
// is that of r, with its 95 % bootstrap interval over photographs, of which only
// those count that have every map.
func saving(r result, other []result) string {
	rows := shared(append([]result{r}, other...))
	all := make([]int, len(rows[0].coarse))
	for i := range all {
		all[i] = i
	}
	estimate := needed(rows[1:], rows[0], all)
	generator := rand.New(rand.NewPCG(1, 2))
	draws, draw := make([]float64, 4000), make([]int, len(all))
	for k := range draws {
		for i := range draw {
			draw[i] = generator.IntN(len(all))
		}
		draws[k] = needed(rows[1:], rows[0], draw)
	}
	slices.Sort(draws)
	most := other[len(other)-1].forwards
	return fmt.Sprintf("%s (%s–%s)", bounded(estimate, most), bounded(draws[len(draws)/40], most), bounded(draws[len(draws)-1-len(draws)/40], most))
}

// finer is the results with the correlations over 32×32 cells in place of those
// over 7×7.
func finer(results ...result) []result {
	out := slices.Clone(results)
	for i, r := range results {
		out[i].coarse = r.fine
	}
	return out
}

// bounded writes a number of forwards, or that it is beyond what was measured.
func bounded(forwards float64, most int) string {
	if math.IsInf(forwards, 1) {
		return fmt.Sprintf("> %d", most)
	}
	return fmt.Sprintf("%.0f", forwards)
}

// shared leaves those photographs that all rows have.
func shared(rows []result) []result {
	out := make([]result, len(rows))
	for k, r := range rows {
		out[k] = result{name: r.name, forwards: r.forwards}
	}
	for i := range rows[0].coarse {
		if slices.ContainsFunc(rows, func(r result) bool { return math.IsNaN(r.coarse[i]) }) {
			continue
		}
		for k, r := range rows {
			out[k].coarse = append(out[k].coarse, r.coarse[i])
		}
	}
	return out
}

// needed is the number of forwards at which a series' median over some photographs
// first reaches that of r, interpolated linearly over the logarithm of forwards
// between two measured ones; the least measured if that is enough, infinite if
// the most is not.
func needed(series []result, r result, photographs []int) float64 {
	value := medianOf(r, photographs)
	for i, row := range series {
		m := medianOf(row, photographs)
		switch {
		case m < value:
			continue
		case i == 0:
			return float64(row.forwards)
		}
		before := series[i-1]
		low := medianOf(before, photographs)
		t := (value - low) / (m - low)
		return math.Exp((1-t)*math.Log(float64(before.forwards)) + t*math.Log(float64(row.forwards)))
	}
	return math.Inf(1)
}

func medianOf(r result, photographs []int) float64 {
	values := make([]float64, len(photographs))
	for k, i := range photographs {
		values[k] = r.coarse[i]
	}
	return median(values)
}
