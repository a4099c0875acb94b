package regions

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
)

// blob is a mask of a few discs, some cut out: its pixels by rows, and its points.
func blob(r *rand.Rand, width, height, dots int) (inside []bool, points []float64) {
	inside = make([]bool, width*height)
	for disc := range 2 + r.IntN(4) {
		x, y, radius := r.Float64()*float64(width), r.Float64()*float64(height), r.Float64()*float64(height)*0.6
		for i := range inside {
			if math.Hypot(float64(i%width)-x, float64(i/width)-y) < radius {
				inside[i] = disc%3 != 2
			}
		}
	}
	for range dots { // and dots, so that there are many boxes
		i := r.IntN(len(inside))
		inside[i] = !inside[i]
	}
	points = []float64{float64(width), float64(height), 0}
	for i := range inside {
		if inside[i%height*width+i/height] != (len(points)%2 == 0) {
			points = append(points, 0)
		}
		points[len(points)-1]++
	}
	return inside, points
}

// A mask's region is its pixels: each lies in exactly one box, and no other does.
func TestMaskIsItsPixels(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		width, height := 1+r.IntN(40), 1+r.IntN(30)
		inside, points := blob(r, width, height, width*height/40)
		region, err := New("mask", points)
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for i, want := range inside {
			holders := 0
			for _, p := range region {
				if p.contains(float64(i%width)+0.5, float64(i/width)+0.5) {
					holders++
				}
			}
			if holders > 1 || holders == 1 != want {
				t.Fatalf("pixel %d, %d of %v is in %d boxes, in the mask: %v", i%width, i/width, points, holders, want)
			}
			if want {
				count++
			}
		}
		if region.Area() != float64(count) {
			t.Fatalf("area %v, want %d", region.Area(), count)
		}
	}
}

// The share of a map with a value per pixel is the sum of the mask's pixels.
func TestShareOfMaskIsASumOfPixels(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	const width, height = 90, 70
	many := 0
	for range 20 {
		m := &attribution.Map{Width: width, Height: height, Values: make([]float32, width*height), Geometry: imaging.Geometry{
			InputWidth: width, InputHeight: height, DisplayWidth: width, DisplayHeight: height, Matrix: [6]float64{1, 0, 0, 0, 1, 0}}}
		inside, points := blob(r, width, height, width*height/40)
		region, err := New("mask", points)
		if err != nil {
			t.Fatal(err)
		}
		if len(region) > manyPolygons {
			many++
		}
		part, all, area := 0.0, 0.0, 0.0
		for i := range m.Values {
			m.Values[i] = float32(r.NormFloat64())
			if v := math.Max(0, float64(m.Values[i])); inside[i] {
				part, all, area = part+v, all+v, area+1
			} else {
				all += v
			}
		}
		got := Measure(m, region)
		if math.Abs(got.Share-part/all) > 1e-12 || math.Abs(got.Area-area/(width*height)) > 1e-12 {
			t.Errorf("share %v of area %v, want %v of %v", got.Share, got.Area, part/all, area/(width*height))
		}
	}
	if many == 0 {
		t.Error("no mask had many boxes")
	}
}

// Under a turned and stretched geometry, where cells hold parts of pixels, coverage
// agrees with cutting every box down to every cell.
func TestCoverageOfMaskAgreesWithSlices(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 2))
	for _, matrix := range [][6]float64{{10, 0, 0, 0, 10, 0}, {-7, 2, 60, 1, 6, 3}, {0, 9, 4, 8, 0, 1}, {13.1, 0, -5, 0, 7.3, 2}} {
		m := &attribution.Map{Width: 7, Height: 6, Geometry: imaging.Geometry{InputWidth: 7, InputHeight: 6, DisplayWidth: 70, DisplayHeight: 60, Matrix: matrix}}
		_, points := blob(r, 70, 60, 100)
		region, err := New("mask", points)
		if err != nil {
			t.Fatal(err)
		}
		got, want := Coverage(m, region), sliced(m, region)
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-9 {
				t.Fatalf("%v, %d boxes: cell %d: %v, want %v", matrix, len(region), i, got[i], want[i])
			}
		}
	}
}

func TestHideMaskChangesItsPixelsOnly(t *testing.T) {
	inside, points := blob(rand.New(rand.NewPCG(4, 2)), 40, 30, 30)
	region, err := New("mask", points)
	if err != nil {
		t.Fatal(err)
	}
	var want []int
	for i, yes := range inside {
		if yes {
			want = append(want, i)
		}
	}
	if got := pixels(region, 40, 30); !slices.Equal(got, want) {
		t.Errorf("hides %v, want %v", got, want)
	}
}

func TestMasksThatCannotBe(t *testing.T) {
	for _, points := range [][]float64{nil, {2, 2}, {2, 2, 1}, {2, 2, 1, 4}, {2, 2, 1.5, 2.5}, {0, 2, 0}, {2, 2, -1, 5}, {2, 2, math.NaN(), 4}, {2, 2, math.Inf(1), 4}} {
		if region, err := New("mask", points); err == nil {
			t.Errorf("%v: %v, no error", points, region)
		}
	}
}

// BenchmarkMeasureMask is the share of a mask of 500×400 pixels in a map with a value
// per pixel of the model's input.
func BenchmarkMeasureMask(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	m := &attribution.Map{Width: 224, Height: 224, Values: make([]float32, 224*224), Geometry: imaging.Geometry{
		InputWidth: 224, InputHeight: 224, DisplayWidth: 500, DisplayHeight: 400, Matrix: [6]float64{500. / 224, 0, 0, 0, 400. / 224, 0}}}
	_, points := blob(r, 500, 400, 0)
	region, err := New("mask", points)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Measure(m, region)
	}
}
