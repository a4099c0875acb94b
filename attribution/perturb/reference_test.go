package perturb

import (
	"context"
	"encoding/binary"
	"math"
	"path/filepath"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/testdata"
)

// TestMasksEqualTheReference compares with masks of the RISE authors' own way of
// making them, from the same random bits and shifts.
func TestMasksEqualTheReference(t *testing.T) {
	path := filepath.Join(testdata.Dir(t), "torchvision", "rise_masks.npz")
	packed, shifts, masks := testdata.Archive{T: t, Path: path}.Raw("grid"), testdata.Archive{T: t, Path: path}.Raw("shifts"), testdata.Archive{T: t, Path: path}.Raw("mask0_3")
	p := reference{newShiftedGrids(RISE{}.withDefaults(), 224, 224, 0), packed, shifts}.painter()
	row := make([]float32, 224)
	for i := range 4 {
		p.load(i)
		for y := range 224 {
			p.row(y, row)
			for x, k := range row {
				want := math.Float32frombits(binary.LittleEndian.Uint32(masks[4*((i*224+y)*224+x):]))
				if math.Abs(float64(k-want)) > 1e-6 {
					t.Fatalf("mask %d at %d,%d: %v, want %v", i, x, y, k, want)
				}
			}
		}
	}
}

// reference is the design of RISE with given bits and shifts.
type reference struct {
	*shiftedGrids
	packed, shifts []byte
}

func (r reference) count() int { return len(r.packed) / 8 }

func (r reference) painter() painter {
	return &referencePainter{r.shiftedGrids.painter().(*gridPainter), r}
}

type referencePainter struct {
	*gridPainter
	reference
}

func (p *referencePainter) load(i int) {
	for c := range p.bits {
		p.bits[c] = float32(p.packed[i*8+c/8] >> (7 - c%8) & 1)
	}
	p.shiftY = int(binary.LittleEndian.Uint16(p.reference.shifts[4*i:]))
	p.shiftX = int(binary.LittleEndian.Uint16(p.reference.shifts[4*i+2:]))
	p.enlarge()
}

func (p *referencePainter) row(y int, keep []float32) { p.gridPainter.row(y, keep) }
func (p *referencePainter) cells(keep []float32)      { p.gridPainter.cells(keep) }

// TestMapsEqualOtherLibraries compares whole maps of a ResNet-18 with Captum's
// occlusion (window 32, stride 16) and with the RISE authors' formula, as stored
// with the test material. The network has to be exported first, by
// scripts/architectures.sh.
func TestMapsEqualOtherLibraries(t *testing.T) {
	dir := filepath.Join(testdata.Dir(t), "torchvision")
	path := testdata.Architecture(t, "resnet18")
	spec, err := classifier.Inspect(context.Background(), path, classifier.Options{Preprocessing: "imagenet"})
	if err != nil {
		t.Fatal(err)
	}
	model, err := classifier.Open(spec, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	r := attribution.Request{
		Input: testdata.Archive{T: t, Path: filepath.Join(dir, "inputs.npz")}.Floats("x0_f32"), Truth: attribution.NoTruth, Target: attribution.Target{Kind: attribution.OneClass, Class: 173},
		Geometry: imaging.Geometry{InputWidth: 224, InputHeight: 224, DisplayWidth: 224, DisplayHeight: 224, Matrix: [6]float64{1, 0, 0, 0, 1, 0}},
	}
	stored := filepath.Join(dir, "resnet18.npz")
	compareOcclusion(t, testkit.Explain(t, Occlusion{}, model, r), testdata.Archive{T: t, Path: stored}.Floats("occl32_16"))

	masks := filepath.Join(dir, "rise_masks.npz")
	p := perturbation{
		name:      "rise",
		design:    reference{newShiftedGrids(RISE{}.withDefaults(), 224, 224, 0), testdata.Archive{T: t, Path: masks}.Raw("grid"), testdata.Archive{T: t, Path: masks}.Raw("shifts")},
		explained: probability, estimator: func(cells int, base float64) estimator { return published{newTally(cells, base), 0.5} },
	}
	maps, err := p.explainAll(context.Background(), model, r, []attribution.Target{r.Target}, nil)
	if err != nil {
		t.Fatal(err)
	}
	compareRISE(t, maps[0], testdata.Archive{T: t, Path: stored}.Floats("rise256"))
}

// compareOcclusion looks at the cells that Captum covers by whole windows only:
// all but the outermost, where ours hang over the edge.
func compareOcclusion(t *testing.T, m *attribution.Map, pixels []float32) {
	t.Helper()
	worst, size := 0.0, 0.0
	for row := 1; row < 13; row++ {
		for column := 1; column < 13; column++ {
			want := float64(pixels[(row*16+8)*224+column*16+8])
			worst = math.Max(worst, math.Abs(float64(m.Values[row*14+column])-want))
			size = math.Max(size, math.Abs(want))
		}
	}
	t.Logf("occlusion: largest difference %.2g of values up to %.2g", worst, size)
	if worst > 1e-4*size {
		t.Errorf("occlusion differs by %v", worst)
	}
}

func compareRISE(t *testing.T, m *attribution.Map, pixels []float32) {
	t.Helper()
	whole := make([]float64, len(pixels))
	for i, v := range pixels {
		whole[i] = float64(v)
	}
	worst := 0.0
	low, high := m.Range()
	for c, v := range m.Values {
		worst = math.Max(worst, math.Abs(float64(v)-slowMean(whole, 224, 224, m.Width, m.Height, c)))
	}
	t.Logf("RISE: largest difference %.2g of a range of %.2g", worst, high-low)
	if worst > 1e-4*float64(high-low) {
		t.Errorf("RISE differs by %v", worst)
	}
}
