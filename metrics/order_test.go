package metrics

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// blocks makes a matrix whose classes are confused within groups only, the
// classes of a group being far apart by index.
func blocks(classes, groups int, r *rand.Rand) *Confusion {
	c := NewConfusion(classes)
	for i := range classes {
		for j := range classes {
			switch {
			case i == j:
				c.Row(i)[j] = 50
			case i%groups == j%groups:
				c.Row(i)[j] = uint32(1 + r.IntN(8))
			}
		}
	}
	return c
}

func TestClusterOrderBringsGroupsTogether(t *testing.T) {
	c := blocks(30, 5, rand.New(rand.NewPCG(1, 1)))
	order := ClusterOrder(c)
	for i, class := range order {
		if class%5 != order[i-i%6]%5 {
			t.Fatalf("order %v tears group %d apart", order, class%5)
		}
	}
	if order[0]%5 != 0 {
		t.Errorf("the group of class 0 is not first: %v", order)
	}
}

func TestClusterOrderIsAPermutation(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for n := range 40 {
		c := NewConfusion(n)
		for range 3 * n {
			c.Row(r.IntN(n))[r.IntN(n+1)]++
		}
		order := ClusterOrder(c)
		if again := ClusterOrder(c); !slices.Equal(order, again) {
			t.Fatalf("%d classes: %v, then %v", n, order, again)
		}
		sorted := slices.Sorted(slices.Values(order))
		for i, class := range sorted {
			if i != class || len(sorted) != n {
				t.Fatalf("%d classes: %v", n, order)
			}
		}
	}
}

func TestClusterOrderLeavesUnconfusedClassesAlone(t *testing.T) {
	c := NewConfusion(6)
	for i := range 6 {
		c.Row(i)[i] = 10
	}
	c.Row(1)[4] = 3
	if order := ClusterOrder(c); !slices.Equal(order, []int{0, 1, 4, 2, 3, 5}) {
		t.Errorf("order %v", order)
	}
}

// A chain of neighbours 0–1–2–…, given shuffled, comes back mostly unbroken.
func TestClusterOrderFollowsAChain(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	const n = 24
	name := r.Perm(n)
	c := NewConfusion(n)
	for i := range n {
		c.Row(name[i])[name[i]] = 100
		if i > 0 {
			c.Row(name[i])[name[i-1]] = uint32(10 + i)
		}
	}
	place := make([]int, n)
	for i, class := range ClusterOrder(c) {
		place[class] = i
	}
	apart := 0
	for i := 1; i < n; i++ {
		if d := place[name[i]] - place[name[i-1]]; d != 1 && d != -1 {
			apart++
		}
	}
	if apart > 4 {
		t.Errorf("%d of %d neighbours are torn apart", apart, n-1)
	}
}

func TestClusterOrderOfManyClassesIsQuick(t *testing.T) {
	c := denseConfusion(1000)
	start := time.Now()
	ClusterOrder(c)
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("1000 classes took %v", took)
	}
}

func denseConfusion(n int) *Confusion {
	r := rand.New(rand.NewPCG(3, 3))
	c := NewConfusion(n)
	for i := range n {
		for j := range n {
			c.Row(i)[j] = uint32(r.IntN(5))
		}
		c.Row(i)[i] = 500
	}
	return c
}

func BenchmarkClusterOrder1000(b *testing.B) {
	c := denseConfusion(1000)
	for b.Loop() {
		ClusterOrder(c)
	}
}

func BenchmarkPrecisionRecallMillion(b *testing.B) {
	r := rand.New(rand.NewPCG(6, 6))
	scores, positive := make([]float32, 1_000_000), make([]bool, 1_000_000)
	for i := range scores {
		scores[i], positive[i] = r.Float32(), r.IntN(1000) == 0
	}
	for b.Loop() {
		PrecisionRecall(scores, positive).Thin(500)
	}
}
