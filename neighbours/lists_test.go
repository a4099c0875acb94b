package neighbours

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// The lists are those of comparing every pair, ties by id, whatever the kernel and the cores.
func TestListsAreExact(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, size := range []struct{ n, dim, k int }{{1, 1, 3}, {5, 3, 9}, {300, 20, 15}, {600, 70, 4}} {
		rows, ids := clustered(size.n, size.dim, r)
		x, err := New(ids, size.dim, rows)
		if err != nil {
			t.Fatal(err)
		}
		for i, kernel := range Kernels() {
			x.kernel = kernel
			before := runtime.GOMAXPROCS(1 + i)
			told := 0
			l, err := x.Lists(context.Background(), size.k, func(done int) { told = done })
			runtime.GOMAXPROCS(before)
			if err != nil || told != size.n || l.Len() != size.n {
				t.Fatalf("%d rows, told of %d: %v", l.Len(), told, err)
			}
			for row := range rows {
				want := slow(rows, ids, rows[row], size.k, func(other int) bool { return other != row })
				got, cosines := l.Of(row)
				same := len(got) == len(want)
				for j := 0; same && j < len(want); j++ {
					same = int(got[j]) == want[j].Row && cosines[j] == float32(want[j].Cosine)
				}
				if !same {
					t.Fatalf("%d × %d, %s, row %d: %v %v, want %v", size.n, size.dim, kernel.Name, row, got, cosines, want)
				}
			}
			others, _ := clustered(70, size.dim, r)
			foreign, err := x.ListsOf(context.Background(), others, len(others), size.k, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i := range others {
				want := slow(rows, ids, others[i], size.k, nil)
				got, _ := foreign.Of(i)
				if len(got) != len(want) || slices.ContainsFunc(want, func(h Hit) bool { return !slices.Contains(got, int32(h.Row)) }) {
					t.Fatalf("%s, vector %d of others: %v, want %v", kernel.Name, i, got, want)
				}
			}
		}
	}
}

// Who ends it need not wait for all of them; a vector that cannot be read is named.
func TestListsEnd(t *testing.T) {
	rows, ids := clustered(200, 8, rand.New(rand.NewPCG(9, 10)))
	x, err := New(ids, 8, rows)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := x.Lists(ctx, 3, nil); err == nil {
		t.Error("a cancelled one gives lists")
	}
	if l, err := x.Lists(context.Background(), 0, nil); err != nil || l.Len() != 0 || slices.ContainsFunc(l.Rows, func(r int32) bool { return r != None }) {
		t.Errorf("no neighbours: %v, %v", l, err)
	}
}

// Pairs are those that lists hold above a cosine, once each; how far apart a row is follows its list.
func TestPairs(t *testing.T) {
	rows, ids := clustered(180, 12, rand.New(rand.NewPCG(11, 12)))
	x, err := New(ids, 12, rows)
	if err != nil {
		t.Fatal(err)
	}
	l, err := x.Lists(context.Background(), 6, nil)
	if err != nil {
		t.Fatal(err)
	}
	const least = 0.9999
	want := map[[2]int]float32{}
	for row := range rows {
		others, cosines := l.Of(row)
		sum := 0.0
		for j, other := range others {
			sum += float64(cosines[j])
			if cosines[j] >= least {
				want[[2]int{min(row, int(other)), max(row, int(other))}] = cosines[j]
			}
		}
		if apart := l.Apart()[row]; len(others) > 0 && math.Abs(apart-(1-sum/float64(len(others)))) > 1e-12 || len(others) == 0 && apart == apart {
			t.Errorf("row %d is %v apart, its list is %v", row, apart, cosines)
		}
	}
	got := l.Pairs(least)
	for i, p := range got {
		if c, ok := want[[2]int{p.A, p.B}]; !ok || c != p.Cosine || i > 0 && got[i-1].Cosine < p.Cosine {
			t.Errorf("pair %d: %+v, the lists have %v", i, p, c)
		}
	}
	if len(got) != len(want) || len(got) == 0 {
		t.Errorf("%d pairs, want %d", len(got), len(want))
	}
}
