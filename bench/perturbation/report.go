package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"

	"github.com/sightline/sightline/metrics"
)

// result is the correlations of one row of the table, photograph by photograph;
// NaN where the map is not there (yet).
type result struct {
	name         string
	forwards     int
	coarse, fine []float64
	evaluations  []float64
}

func (r *result) add(coarse, fine, evaluations float64) {
	r.coarse, r.fine, r.evaluations = append(r.coarse, coarse), append(r.fine, fine), append(r.evaluations, evaluations)
}

// report prints the tables: all photographs, then each model's.
func report(w io.Writer, cache string) error {
	for _, model := range append([]string{"*"}, models()...) {
		results, photos, err := correlate(cache, model)
		if err != nil {
			return err
		}
		if photos == 0 {
			continue
		}
		title := model
		if model == "*" {
			title = "all models"
		}
		fmt.Fprintf(w, "\n%s, %d photographs\n\n| maps | forwards | photographs | Spearman with RISE-8000, 7×7 cells | 32×32 cells |\n| --- | --- | --- | --- | --- |\n", title, photos)
		for _, r := range results {
			if len(present(r.coarse)) == 0 {
				continue
			}
			fmt.Fprintf(w, "| %s | %.0f | %d | %s | %s |\n", r.name, median(r.evaluations), len(present(r.coarse)), interval(r.coarse), interval(r.fine))
		}
		if photos > 5 {
			reportPairs(w, results)
		}
	}
	return nil
}

func models() []string {
	var names []string
	for _, s := range subjects {
		names = append(names, s.model)
	}
	return names
}

// correlate compares every series of the photographs that have all but late maps.
func correlate(cache, model string) ([]result, int, error) {
	folders, err := filepath.Glob(filepath.Join(cache, model, "*"))
	if err != nil {
		return nil, 0, err
	}
	var results []result
	for _, s := range allSeries[1:] {
		for _, n := range s.all() {
			results = append(results, result{name: s.name, forwards: n})
		}
	}
	photos := 0
	for _, folder := range folders {
		maps, err := complete(folder)
		if err != nil {
			return nil, 0, err
		}
		if maps == nil {
			continue
		}
		photos++
		of := maps[0]
		for i, m := range maps[1:] {
			if m == nil {
				results[i].add(math.NaN(), math.NaN(), math.NaN())
				continue
			}
			coarse := metrics.Spearman(of.average(grid, grid), m.average(grid, grid))
			results[i].add(coarse, metrics.Spearman(of.Values, m.draw(of.Width, of.Height)), float64(m.Evaluations))
		}
	}
	return results, photos, nil
}

// grid is the side of the coarse comparison.
const grid = 7

// complete loads a photograph's maps in the order of allSeries, nil for late ones
// that are missing; none where others are.
func complete(folder string) ([]*kept, error) {
	var maps []*kept
	for _, s := range allSeries {
		for i, n := range s.all() {
			m, err := load(filepath.Join(folder, s.file(n)))
			if m == nil && i < len(s.forwards) || err != nil {
				return nil, err
			}
			maps = append(maps, m)
		}
	}
	return maps, nil
}

// average is the mean of the map over each cell of a grid, by shared area.
func (m *kept) average(columns, rows int) []float32 {
	out := make([]float32, columns*rows)
	for c := range out {
		sum, area := 0.0, 0.0
		for i, v := range m.Values {
			a := overlap(i%m.Width, m.Width, c%columns, columns) * overlap(i/m.Width, m.Height, c/columns, rows)
			sum, area = sum+a*float64(v), area+a
		}
		out[c] = float32(sum / area)
	}
	return out
}

// overlap is the length that cell i of n and cell j of m have in common, of a
// side of length one.
func overlap(i, n, j, m int) float64 {
	low := math.Max(float64(i)/float64(n), float64(j)/float64(m))
	high := math.Min(float64(i+1)/float64(n), float64(j+1)/float64(m))
	return math.Max(0, high-low)
}

// draw interpolates the map bilinearly between its cells' centres, at the
// centres of a grid of columns×rows cells.
func (m *kept) draw(columns, rows int) []float32 {
	out := make([]float32, columns*rows)
	for c := range out {
		x0, x1, tx := between(c%columns, columns, m.Width)
		y0, y1, ty := between(c/columns, rows, m.Height)
		at := func(x, y int) float64 { return float64(m.Values[y*m.Width+x]) }
		out[c] = float32((1-ty)*((1-tx)*at(x0, y0)+tx*at(x1, y0)) + ty*((1-tx)*at(x0, y1)+tx*at(x1, y1)))
	}
	return out
}

// between finds the two of n cells whose centres enclose the centre of cell i of
// a side of m, and how far it lies from the first; beyond the outermost, that one.
func between(i, m, n int) (a, b int, t float64) {
	at := (float64(i)+0.5)*float64(n)/float64(m) - 0.5
	at = math.Min(math.Max(at, 0), float64(n-1))
	a = int(at)
	return a, min(a+1, n-1), at - float64(a)
}

// interval is a median with its 95 % bootstrap interval.
func interval(values []float64) string {
	values = present(values)
	if len(values) == 0 {
		return "–"
	}
	low, high := bootstrap(values)
	return fmt.Sprintf("%.3f (%.3f–%.3f)", median(values), low, high)
}

// bootstrap is the percentile interval of the median (Efron 1979), from 10,000
// draws with a fixed seed.
func bootstrap(values []float64) (low, high float64) {
	r := rand.New(rand.NewPCG(1, 1))
	medians, draw := make([]float64, 10000), make([]float64, len(values))
	for i := range medians {
		for j := range draw {
			draw[j] = values[r.IntN(len(values))]
		}
		medians[i] = median(draw)
	}
	slices.Sort(medians)
	return medians[len(medians)/40], medians[len(medians)-1-len(medians)/40]
}

// present is the values that are there.
func present(values []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(values), math.IsNaN)
}

// median of the values that are there; NaN of none.
func median(values []float64) float64 {
	values = present(values)
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
