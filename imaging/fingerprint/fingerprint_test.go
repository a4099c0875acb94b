package fingerprint

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sightline/sightline/demo"
	"github.com/sightline/sightline/imaging"
)

// drawn is an image of a few soft blobs.
func drawn(r *rand.Rand, w, h int) *imaging.Image {
	im := &imaging.Image{Width: w, Height: h, Pix: make([]uint8, 3*w*h)}
	type blob struct{ x, y, size, light float64 }
	var blobs []blob
	for range 12 {
		blobs = append(blobs, blob{r.Float64(), r.Float64(), 0.05 + 0.2*r.Float64(), 200 * (r.Float64() - 0.5)})
	}
	for y := range h {
		for x := range w {
			v := 128.0
			for _, b := range blobs {
				dx, dy := (float64(x)/float64(w)-b.x)/b.size, (float64(y)/float64(h)-b.y)/b.size
				v += b.light * math.Exp(-dx*dx-dy*dy)
			}
			for c := range 3 {
				im.Pix[3*(y*w+x)+c] = uint8(min(255, max(0, v)))
			}
		}
	}
	return im
}

// The bits are those of the definition: the transform written as one double sum in floating point, the frequencies by the
// larger of both.
func TestPrintIsItsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	im := drawn(r, side, side) // nothing to resize
	var coefficients []float64
	for ring := range kept {
		for u := range ring + 1 {
			coefficients = append(coefficients, slowly(im, u, ring))
		}
		for v := ring - 1; v >= 0; v-- {
			coefficients = append(coefficients, slowly(im, ring, v))
		}
	}
	sorted := slices.Sorted(slices.Values(coefficients[1:]))
	median := sorted[127]
	p, sure, set := Of(im), 0, 0
	for i, c := range coefficients {
		bit := p[i/64]>>(i%64)&1 == 1
		if bit && i > 0 {
			set++
		}
		if i > 0 && math.Abs(c-median) > 0.05 { // integers round
			sure++
			if bit != (c > median) {
				t.Errorf("coefficient %d is %g, the median %g, the bit %v", i, c, median, bit)
			}
		}
	}
	sizes := make([]float64, 0, 255)
	for _, c := range coefficients[1:] {
		sizes = append(sizes, math.Abs(c))
	}
	slices.Sort(sizes)
	if half := sizes[127]; p.Plain() != (half <= 0.3*side || half <= 0.08*sizes[229]) { // soft blobs are plain
		t.Errorf("plain: %v, half %g, tenth %g", p.Plain(), half, sizes[229])
	}
	if sure < 100 || set != 127 {
		t.Errorf("%d are beyond rounding, %d are set", sure, set)
	}
}

func slowly(im *imaging.Image, u, v int) (sum float64) {
	for y := range side {
		for x := range side {
			p := im.Pix[3*(y*side+x):]
			grey := 0.299*float64(p[0]) + 0.587*float64(p[1]) + 0.114*float64(p[2])
			sum += grey * math.Cos(math.Pi*float64(2*x+1)*float64(u)/(2*side)) * math.Cos(math.Pi*float64(2*y+1)*float64(v)/(2*side))
		}
	}
	return sum
}

// An image that is turned when displayed has the print of what one sees; one of one grey is plain.
func TestPrintIsOfWhatIsDisplayed(t *testing.T) {
	im := drawn(rand.New(rand.NewPCG(2, 2)), 90, 60)
	im.Orientation = 6
	if a, b := Of(im), Of(im.Upright()); a.Distance(b) > Near/2 || a == (Print{}) {
		t.Errorf("%x, upright %x", a, b)
	}
	im.Orientation = 1
	for i := range im.Pix {
		im.Pix[i] = 77
	}
	p := Of(im)
	if p != (Print{0: 1, words: 0x8080808080808080}) {
		t.Errorf("of one grey: %x", p)
	}
	for i := range len(im.Pix) / 3 { // of one colour
		copy(im.Pix[3*i:], []uint8{200, 20, 20})
	}
	red := Of(im) // Cb 97, Cr 218
	if p.Tint(red) != 90 || red.Tint(p) != 90 || p.Distance(red) != 0 {
		t.Errorf("red %x is %d from grey", red, p.Tint(red))
	}
	p[0], red[0] = 0, 0 // as if they were not plain
	if pairs := pairsOf(t, []Print{p, red, red}); len(pairs) != 1 || pairs[0].A != 1 {
		t.Errorf("of a grey one and two red ones: %v", pairs)
	}
}

// Alike finds what comparing all with all finds, also where many bands are the same.
func TestAlikeComparesAll(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	var list []Print
	for i := range 600 {
		p := Print{r.Uint64() &^ 1, r.Uint64(), r.Uint64(), r.Uint64()}
		if i >= 300 { // another one, changed a little more or less than may be
			p = list[r.IntN(300)]
			for range r.IntN(60) {
				p[r.IntN(4)] ^= 1 << r.IntN(64)
			}
		}
		list = append(list, p)
	}
	var want []Pair
	for b, q := range list {
		for a, p := range list[:b] {
			if p.Plain() || q.Plain() {
				continue
			}
			first := Print{p[0]}
			if d := p.Distance(q); d <= Near && first.Distance(Print{q[0]}) <= low {
				want = append(want, Pair{a, b, d})
			}
		}
	}
	got, all, err := Alike(t.Context(), list, 1000)
	if err != nil || !all || !slices.IsSortedFunc(got, func(x, y Pair) int { return x.Distance - y.Distance }) {
		t.Errorf("all %v; not the most alike first", all)
	}
	order := func(x, y Pair) int { return 1000*(x.B-y.B) + x.A - y.A }
	slices.SortFunc(got, order)
	slices.SortFunc(want, order)
	if !slices.Equal(got, want) || len(want) < 100 {
		t.Errorf("%d pairs, want %d", len(got), len(want))
	}
	if got, all, err := Alike(t.Context(), make([]Print, 50), 1000); all || got != nil || err != nil {
		t.Errorf("of 50 that are all the same, more pairs than may be: %d, %v, %v", len(got), all, err)
	}
}

// Of the demonstration's images, which look alike as those of one generator do, none is taken for another one; each is found
// again when it is encoded anew, halved, brightened, or cropped by a fiftieth.
func TestSameImagesAreFoundAndLookAlikesAreNot(t *testing.T) {
	dir := t.TempDir()
	if err := demo.WriteTraining(context.Background(), dir, "groceries", map[string]int{"train": 4}, nil); err != nil {
		t.Fatal(err)
	}
	var list []Print
	found, asked := map[string]int{}, 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".jpg" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		im, err := imaging.Decode(data, imaging.Limits{})
		if err != nil {
			return err
		}
		p := Of(im)
		list, asked = append(list, p), asked+1
		for name, changed := range variants(t, im) {
			if q := Of(changed); !p.Plain() && !q.Plain() && p.Distance(q) <= Near {
				found[name]++
			}
		}
		return nil
	})
	if err != nil || asked < 20 {
		t.Fatalf("%d images, %v", asked, err)
	}
	for _, name := range []string{"encoded", "half", "brighter", "cropped"} {
		if 10*found[name] < 9*asked {
			t.Errorf("%s: %d of %d are found", name, found[name], asked)
		}
	}
	if pairs := pairsOf(t, list); len(pairs) > 0 {
		t.Errorf("of %d different images: %v", asked, pairs)
	}
}

func variants(t *testing.T, im *imaging.Image) map[string]*imaging.Image {
	t.Helper()
	file, err := imaging.EncodeJPEG(im, 40)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := imaging.Decode(file, imaging.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	brighter := im.Clone()
	for i, v := range brighter.Pix {
		brighter.Pix[i] = uint8(min(255, 1.1*float64(v)+10))
	}
	dx, dy := im.Width/50, im.Height/50
	cropped := &imaging.Image{Width: im.Width - 2*dx, Height: im.Height - 2*dy}
	for y := dy; y < im.Height-dy; y++ {
		cropped.Pix = append(cropped.Pix, im.Pix[3*(y*im.Width+dx):3*((y+1)*im.Width-dx)]...)
	}
	return map[string]*imaging.Image{"encoded": encoded, "brighter": brighter, "cropped": cropped,
		"half": imaging.Resize(im, im.Width/2, im.Height/2, imaging.Bilinear, true)}
}
