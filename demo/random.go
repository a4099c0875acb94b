package demo

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
)

// generation is part of every seed: raising it gives wholly new images. The committed models belong to this one.
const generation = 1

// stream is the random stream of one image.
type stream struct{ *rand.Rand }

// newStream returns the stream of image number of class in split of dataset. PCG's output is fixed by its definition,
// so images stay the same across Go releases.
func newStream(dataset, split, class string, number int) stream {
	h := fnv.New128a()
	fmt.Fprintf(h, "sightline demo %d/%s/%s/%s/%d", generation, dataset, split, class, number)
	sum := h.Sum(nil)
	var hi, lo uint64
	for i := range 8 {
		hi = hi<<8 | uint64(sum[i])
		lo = lo<<8 | uint64(sum[8+i])
	}
	return stream{rand.New(rand.NewPCG(hi, lo))}
}

// in returns a number in [low, high).
func (s stream) in(low, high float64) float64 { return low + (high-low)*s.Float64() }

// chance is true with probability p.
func (s stream) chance(p float64) bool { return s.Float64() < p }

// sign is -1 or 1.
func (s stream) sign() float64 {
	if s.chance(0.5) {
		return -1
	}
	return 1
}

// pick returns one of the choices.
func pick[T any](s stream, choices ...T) T { return choices[s.IntN(len(choices))] }
