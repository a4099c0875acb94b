package projection

import (
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"syscall"
	"testing"

	"github.com/sightline/sightline/neighbours"
)

// curved makes vectors of 100 clusters in 20 groups: each cluster is a bent sheet of 6 dimensions among dim.
func curved(n, dim int, seed uint64) Vectors {
	r := rand.New(rand.NewPCG(seed, 1))
	normal := func(n int, width float64) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = width * r.NormFloat64()
		}
		return v
	}
	var groups, centres [][]float64
	var sheets, bends [][][]float64
	for range 20 {
		groups = append(groups, normal(dim, 1))
	}
	for c := range 100 {
		centre := normal(dim, 0.6)
		for j := range centre {
			centre[j] += groups[c%20][j]
		}
		centres = append(centres, centre)
		var sheet, bend [][]float64
		for range 6 {
			sheet, bend = append(sheet, normal(dim, 0.35)), append(bend, normal(dim, 0.15))
		}
		sheets, bends = append(sheets, sheet), append(bends, bend)
	}
	v := Vectors{Dim: dim, Values: make([]float32, n*dim)}
	for i := range n {
		c, at := i%100, normal(6, 1)
		for j := range dim {
			f := centres[c][j] + 0.02*r.NormFloat64()
			for k, a := range at {
				f += sheets[c][k][j]*a + bends[c][k][j]*(a*at[(k+1)%6])
			}
			v.row(i)[j] = float32(f)
		}
	}
	return v
}

func used() float64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

// TestStudy measures time and quality at size; with SIGHTLINE_STUDY_OUT it writes vectors and points for another program to compare.
func TestStudy(t *testing.T) {
	if os.Getenv("SIGHTLINE_STUDY") == "" {
		t.Skip("set SIGHTLINE_STUDY=1, and SIGHTLINE_STUDY_N to another size than 10000")
	}
	n, _ := strconv.Atoi(os.Getenv("SIGHTLINE_STUDY_N"))
	if n == 0 {
		n = 10_000
	}
	v := curved(n, 512, 1)
	began := used()
	step := func(what string) {
		t.Logf("%-14s %6.1f s of processor time", what, used()-began)
		began = used()
	}
	v.Normalise()
	pca := Principal(v)
	step("PCA")
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = int64(i)
	}
	x, err := neighbours.New(ids, v.Dim, v)
	if err != nil {
		t.Fatal(err)
	}
	lists, err := x.Lists(context.Background(), 15, nil)
	if err != nil {
		t.Fatal(err)
	}
	step("neighbours")
	g := Fuzzy(lists)
	step("graph")
	l := NewLayout(g, pca.Points, Options{})
	for l.Epoch() < l.o.Epochs {
		l.Step()
	}
	step("layout")
	rows := []int{}
	for i := range 500 {
		rows = append(rows, i*n/500)
	}
	of := func(row int) []int32 { list, _ := lists.Of(row); return list }
	for what, points := range map[string][]float32{"PCA": pca.Points, "UMAP": l.Points()} {
		t.Logf("%s: neighbours kept %.3f, triplets %.3f", what, Kept(rows, of, points), Triplets(v, points, 100_000, 1))
	}
	if out := os.Getenv("SIGHTLINE_STUDY_OUT"); out != "" {
		write := func(name string, values []float32) {
			data := make([]byte, 0, 4*len(values))
			for _, f := range values {
				data = binary.LittleEndian.AppendUint32(data, math.Float32bits(f))
			}
			if err := os.WriteFile(out+"/"+name, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		write("vectors.f32", v.Values)
		write("points.f32", l.Points())
	}
}
