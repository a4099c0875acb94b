package metrics

import "math"

// ranked is a score and whether its sample is positive, packed so that a
// million of them sort quickly: bits 1..32 order as the score does, descending;
// bit 0 is the truth.
type ranked uint64

func rank(score float32, positive bool) ranked {
	bits := ^uint32(0) // NaN: last
	if score == score {
		bits = math.Float32bits(score + 0) // −0 + 0 = +0, so both zeros tie
		if bits>>31 == 0 {
			bits ^= 0x7fffffff // non-negative: larger first, before the negatives
		}
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
func (k ranked) value() float32 {
	bits := k.score()
	if bits>>31 == 0 {
		bits ^= 0x7fffffff
	}
	return math.Float32frombits(bits)
}

// descending packs the samples and sorts them by score, highest first, in three
// counting passes of eleven bits (least significant first).
func descending(scores []float32, positive []bool) []ranked {
	keys := make([]ranked, len(scores))
	for i, s := range scores {
		keys[i] = rank(s, positive[i])
	}
	spare := make([]ranked, len(keys))
	for shift := 1; shift < 33; shift += 11 {
		var next [2048]int
		for _, k := range keys {
			next[k>>shift&2047]++
		}
		at := 0
		for digit, n := range next {
			next[digit] = at
			at += n
		}
		for _, k := range keys {
			digit := k >> shift & 2047
			spare[next[digit]] = k
			next[digit]++
		}
		keys, spare = spare, keys
	}
	return keys
}
