package regions

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
)

// placed is a map of random values, a third of them negative, laid over an image of 90×60.
func placed(r *rand.Rand, w, h int, matrix [6]float64) *attribution.Map {
	m := &attribution.Map{Width: w, Height: h, Geometry: imaging.Geometry{InputWidth: w, InputHeight: h, DisplayWidth: 90, DisplayHeight: 60, Matrix: matrix}}
	for range w * h {
		m.Values = append(m.Values, float32(r.Float64()*3-1))
	}
	m.Values[0] = float32(math.NaN())
	return m
}

// A raster is, cell by cell, the share that Measure finds in that cell's box, for maps that are
// squeezed, cropped, padded, mirrored, turned and slanted, in the whole image and in a box.
func TestRasterIsTheShareOfEveryCell(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, matrix := range map[string][6]float64{
		"squeezed": {90. / 7, 0, 0, 0, 60. / 5, 0}, "cropped": {60. / 7, 0, 15, 0, 60. / 5, 0}, "padded": {90. / 7, 0, 0, 0, 90. / 5, -15},
		"mirrored": {-90. / 7, 0, 90, 0, 60. / 5, 0}, "turned": {0, -90. / 5, 90, 60. / 7, 0, 0}, "turned back": {0, 90. / 5, 0, -60. / 7, 0, 60},
		"slanted": {8, 2, 10, -1, 7, 8},
	} {
		m := placed(r, 7, 5, matrix)
		for _, f := range []Frame{{0, 0, 90, 60, 6, 4}, {13, 7.5, 61, 44, 3, 5}} {
			got, ok := Raster(m, f)
			if !ok || len(got) != f.Columns*f.Rows {
				t.Fatalf("%s: %v, %v", name, got, ok)
			}
			w, h := (f.Right-f.Left)/float64(f.Columns), (f.Bottom-f.Top)/float64(f.Rows)
			for i, v := range got {
				x, y := f.Left+w*float64(i%f.Columns), f.Top+h*float64(i/f.Columns)
				if want := Measure(m, Box(x, y, x+w, y+h)).Share; math.Abs(float64(v)-want) > 1e-6 {
					t.Errorf("%s, %+v, cell %d: %v, want %v", name, f, i, v, want)
				}
			}
		}
	}
	if _, ok := Raster(&attribution.Map{Width: 1, Height: 1, Values: []float32{-1}, Geometry: imaging.Geometry{Matrix: [6]float64{1, 0, 0, 0, 1, 0}}}, Frame{0, 0, 1, 1, 2, 2}); ok {
		t.Error("a map without a positive value has a raster")
	}
}

// Mean, median and spread are those of a plain loop that sorts.
func TestAverageIsThatOfAPlainLoop(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{1, 2, 3, 8, 101} {
		rasters := make([][]float32, n)
		for i := range rasters {
			for range 5 {
				rasters[i] = append(rasters[i], float32(r.IntN(6))/5) // many are equal
			}
		}
		got := Average(rasters)
		for c := range 5 {
			var sorted []float64
			sum := 0.0
			for _, raster := range rasters {
				sorted, sum = append(sorted, float64(raster[c])), sum+float64(raster[c])
			}
			slices.Sort(sorted)
			mean, square := sum/float64(n), 0.0
			for _, v := range sorted {
				square += (v - mean) * (v - mean)
			}
			median, spread := (sorted[(n-1)/2]+sorted[n/2])/2, math.Sqrt(square/float64(max(1, n-1)))
			if got.N != n || math.Abs(got.Mean[c]-mean) > 1e-9 || math.Abs(got.Median[c]-median) > 1e-9 || math.Abs(got.Spread[c]-spread) > 1e-9 {
				t.Errorf("%d maps, cell %d: %v %v %v, want %v %v %v", n, c, got.Mean[c], got.Median[c], got.Spread[c], mean, median, spread)
			}
		}
	}
	if a := Average(nil); a.N != 0 || a.Mean != nil {
		t.Errorf("%+v", a)
	}
	if d := Apart([]float32{1, 0, 0}, []float64{0.25, 0.5, 0.25}); math.Abs(d-0.75) > 1e-9 {
		t.Errorf("apart by %v", d)
	}
}

// BenchmarkAverage is that of 10,000 maps on a grid of 14×14.
func BenchmarkAverage(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	rasters := make([][]float32, 10_000)
	for i := range rasters {
		for range 196 {
			rasters[i] = append(rasters[i], r.Float32())
		}
	}
	for b.Loop() {
		Average(rasters)
	}
}
