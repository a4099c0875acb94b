package metrics

import (
	"math/rand/v2"
	"testing"
)

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
