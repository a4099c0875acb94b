package metrics

import "github.com/sightline/sightline/internal/order"

// ranked is a score and whether its sample is positive, packed so that a
// million of them sort quickly: bits 1..32 order as the score does, descending;
// bit 0 is the truth.
type ranked uint64

func rank(score float32, positive bool) ranked {
	bits := ^uint32(0) // NaN: last
	if score == score {
		bits = ^order.Key(score)
	}
	k := ranked(bits) << 1
	if positive {
		k |= 1
	}
	return k
}

func (k ranked) score() uint32 { return uint32(k >> 1) }
func (k ranked) positive() int { return int(k & 1) }

// value is the score rank was given.
func (k ranked) value() float32 { return order.Value(^k.score()) }

// descending packs the samples and sorts them by score, highest first.
func descending(scores []float32, positive []bool) []ranked {
	keys := make([]ranked, len(scores))
	for i, s := range scores {
		keys[i] = rank(s, positive[i])
	}
	return order.Radix(keys, 1)
}
