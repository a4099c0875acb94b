package lru_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sightline/sightline/internal/lru"
)

// slow is a cache as a list, the latest last.
type slow []struct {
	key, value int
	size       int64
}

func (s *slow) take(i int) (key, value int) {
	e := (*s)[i]
	*s = slices.Delete(*s, i, i+1)
	return e.key, e.value
}

func (s *slow) find(key int) int {
	return slices.IndexFunc(*s, func(e struct {
		key, value int
		size       int64
	}) bool {
		return e.key == key
	})
}

// TestAgainstList does random things to a cache and to a plain list.
func TestAgainstList(t *testing.T) {
	var c lru.Cache[int, int]
	var want slow
	r := rand.New(rand.NewPCG(1, 2))
	for step := range 20000 {
		key := r.IntN(12)
		i := want.find(key)
		switch r.IntN(5) {
		case 0, 1:
			if i >= 0 {
				want.take(i)
			}
			size := int64(r.IntN(9))
			want = append(want, struct {
				key, value int
				size       int64
			}{key, step, size})
			c.Put(key, step, size)
		case 2:
			v, ok := c.Get(key)
			if ok != (i >= 0) || ok && v != want[i].value {
				t.Fatalf("step %d: got %d, %v", step, v, ok)
			}
			if ok {
				e := want[i]
				want.take(i)
				want = append(want, e)
			}
		case 3:
			v, ok := c.Take(key)
			if ok != (i >= 0) || ok && v != want[i].value {
				t.Fatalf("step %d: took %d, %v", step, v, ok)
			}
			if ok {
				want.take(i)
			}
		case 4:
			k, v, ok := c.TakeOldest()
			if ok != (len(want) > 0) {
				t.Fatalf("step %d: an oldest: %v", step, ok)
			}
			if ok {
				if wk, wv := want.take(0); wk != k || wv != v {
					t.Fatalf("step %d: the oldest is %d, %d, want %d, %d", step, k, v, wk, wv)
				}
			}
		}
		size := int64(0)
		for _, e := range want {
			size += e.size
		}
		if c.Len() != len(want) || c.Size() != size {
			t.Fatalf("step %d: %d values of size %d, want %d of %d", step, c.Len(), c.Size(), len(want), size)
		}
	}
}

// TestTakeAll removes by key.
func TestTakeAll(t *testing.T) {
	var c lru.Cache[int, string]
	for i, v := range []string{"a", "b", "c", "d"} {
		c.Put(i, v, 1)
	}
	if got := c.TakeAll(func(k int) bool { return k%2 == 1 }); !slices.Equal(got, []string{"d", "b"}) {
		t.Errorf("took %v", got)
	}
	if _, ok := c.Get(2); c.Len() != 2 || c.Size() != 2 || !ok {
		t.Errorf("%d values are left", c.Len())
	}
}
