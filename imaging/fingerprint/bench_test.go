package fingerprint

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
)

func BenchmarkOf(b *testing.B) {
	for _, side := range []int{224, 1000} {
		im := drawn(rand.New(rand.NewPCG(1, 1)), side, side)
		b.Run(fmt.Sprint(side), func(b *testing.B) {
			for b.Loop() {
				Of(im)
			}
		})
	}
}

func BenchmarkAlike(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{10_000, 100_000} {
		list := make([]Print, n)
		for i := range list {
			list[i] = Print{r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64()}
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				Alike(context.Background(), list, n)
			}
		})
	}
}
