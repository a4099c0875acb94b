package order_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sightline/sightline/internal/order"
)

// values of all signs and sizes, some of them equal.
func values(n int) []float32 {
	r := rand.New(rand.NewPCG(3, uint64(n)))
	list := []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32, -math.MaxFloat32,
		math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32}
	for len(list) < n {
		v := float32(r.NormFloat64() * math.Pow(10, r.Float64()*20-10))
		list = append(list, v, float32(r.IntN(5)))
	}
	return list
}

// TestKeyOrders compares the order of keys with that of values.
func TestKeyOrders(t *testing.T) {
	list := values(400)
	for _, a := range list {
		for _, b := range list {
			if ka, kb := order.Key(a), order.Key(b); (a < b) != (ka < kb) || (a == b) != (ka == kb) {
				t.Fatalf("keys of %g and %g are %x and %x", a, b, ka, kb)
			}
		}
		if v := order.Value(order.Key(a)); v != a {
			t.Errorf("the value of the key of %g is %g", a, v)
		}
	}
	nan := float32(math.NaN())
	if order.Key(nan) <= order.Key(float32(math.Inf(1))) {
		t.Error("NaN is not above infinity")
	}
}

// TestRadix compares with a stable sort by comparison; what is beside the 32 bits
// stays out of it.
func TestRadix(t *testing.T) {
	for _, shift := range []int{0, 1, 31, 32} {
		for _, n := range []int{0, 1, 2, 300, 5000} {
			var keys []uint64
			if n > 0 {
				r := rand.New(rand.NewPCG(4, uint64(shift)))
				for _, v := range values(n) {
					keys = append(keys, uint64(order.Key(v))<<shift|r.Uint64()&(1<<shift-1)|r.Uint64()<<shift<<32)
				}
			}
			want := slices.Clone(keys)
			slices.SortStableFunc(want, func(a, b uint64) int { return int(int64(uint32(a>>shift)) - int64(uint32(b>>shift))) })
			if got := order.Radix(keys, shift); !slices.Equal(got, want) {
				t.Errorf("%d keys from bit %d on are out of order", len(keys), shift)
			}
		}
	}
}
