package scoreblock

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.slb")
	for _, kind := range []Kind{SoftmaxLogits, SigmoidLogits, PlainScores} {
		b := &Block{Samples: []int64{5, 9}, Classes: 3, Kind: kind, Values: []float32{.1, .2, .3, .4, .5, .25}, Embedding: []float32{1, 2, 3, 4}}
		if err := Write(path, b); err != nil {
			t.Fatal(err)
		}
		r, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		ids, err := r.Samples()
		column, err2 := r.Column(1)
		row, err3 := r.Row(1)
		embedding, err4 := r.EmbeddingOf(1)
		norms, err5 := r.Norms()
		if err := errors.Join(err, err2, err3, err4, err5, r.Verify()); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(ids, b.Samples) || !slices.Equal(column, []float32{.2, .5}) || !slices.Equal(row, []float32{.4, .5, .25}) || !slices.Equal(embedding, []float32{3, 4}) {
			t.Errorf("%v %v %v %v", ids, column, row, embedding)
		}
		sum := 0.0
		for _, v := range row {
			sum += float64(kind.Score(v, norms[1]))
		}
		want := map[Kind]float64{SoftmaxLogits: 1, SigmoidLogits: 1/(1+math.Exp(-.4)) + 1/(1+math.Exp(-.5)) + 1/(1+math.Exp(-.25)), PlainScores: 1.15}[kind]
		if math.Abs(sum-want) > 1e-6 {
			t.Errorf("kind %d: scores sum to %v, want %v", kind, sum, want)
		}
	}
}

func TestTransposeOnOddSizes(t *testing.T) {
	for _, s := range [][2]int{{1, 1}, {3, 130}, {70, 65}, {129, 2}} {
		n, c := s[0], s[1]
		v := make([]float32, n*c)
		for i := range v {
			v[i] = float32(i)
		}
		out := transpose(v, n, c)
		for i := range n {
			for j := range c {
				if out[j*n+i] != v[i*c+j] {
					t.Fatalf("%d×%d: wrong at %d,%d", n, c, i, j)
				}
			}
		}
	}
}

func TestOpenRefusesDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.slb")
	if err := Write(path, &Block{Samples: []int64{5}, Classes: 2, Values: []float32{1, 2}}); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string][]byte{
		"cut":       whole[:len(whole)-1],
		"header":    whole[:20],
		"empty":     nil,
		"magic":     append([]byte("X"), whole[1:]...),
		"more rows": slices.Concat(whole[:8], []byte{255, 255, 255, 255}, whole[12:]),
		"longer":    append(slices.Clone(whole), 0),
	} {
		if err := os.WriteFile(path, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		if b, err := Open(path); !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v, %v", name, b, err)
		}
	}
	flipped := slices.Clone(whole)
	flipped[len(flipped)-1] ^= 1
	if err := os.WriteFile(path, flipped, 0o644); err != nil {
		t.Fatal(err)
	}
	b, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := b.Verify(); !errors.Is(err, ErrBroken) {
		t.Errorf("a flipped bit: %v", err)
	}
}

func TestWriteRefusesWrongShapes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.slb")
	for _, b := range []*Block{
		{},
		{Samples: []int64{1}, Classes: 2, Values: []float32{1}},
		{Samples: []int64{1, 2}, Classes: 1, Values: []float32{1, 2}, Embedding: []float32{1}},
		{Samples: []int64{1}, Classes: 1, Values: []float32{1}, Kind: 9},
	} {
		if err := Write(path, b); err == nil {
			t.Errorf("%+v is written", b)
		}
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("a refused block left a file")
	}
}

func FuzzOpen(f *testing.F) {
	path := filepath.Join(f.TempDir(), "b")
	if err := Write(path, &Block{Samples: []int64{1, 2}, Classes: 2, Values: []float32{1, 2, 3, 4}, Embedding: []float32{5, 6}}); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "b")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		b, err := Open(path)
		if err != nil {
			return
		}
		defer b.Close()
		if _, err := b.Values(); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Row(b.N - 1); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Embeddings(); err != nil {
			t.Fatal(err)
		}
	})
}
