// Package order maps float32 values to integers of the same order and sorts by them.
package order

import "math"

// Key maps values to integers in the same order, zeros of both signs to the same.
// Those of NaN lie outside: above all others, or below where its sign bit is set.
func Key(v float32) uint32 {
	bits := math.Float32bits(v + 0) // −0 + 0 is 0
	if bits>>31 == 1 {
		return ^bits
	}
	return bits | 1<<31
}

// Value returns the value that has a key.
func Value(key uint32) float32 {
	if key>>31 == 1 {
		return math.Float32frombits(key &^ (1 << 31))
	}
	return math.Float32frombits(^key)
}

// digit is how many bits one pass of Radix sorts by.
const digit = 11

// Radix sorts keys by their 32 bits from bit shift on, in ascending order; equal ones
// keep theirs. A million take a few milliseconds: three passes that count. It returns
// the sorted keys, in the memory of keys or in its own.
func Radix[K ~uint64](keys []K, shift int) []K {
	from, to := keys, make([]K, len(keys))
	for at := shift; at < shift+32; at += digit {
		mask := K(1)<<min(digit, shift+32-at) - 1
		var next [1 << digit]int // where the next key with a digit goes
		for _, k := range from {
			next[k>>at&mask&(1<<digit-1)]++
		}
		sum := 0
		for d, count := range next {
			next[d], sum = sum, sum+count
		}
		for _, k := range from {
			d := k >> at & mask & (1<<digit - 1) // so that the compiler sees that it is in range
			to[next[d]] = k
			next[d]++
		}
		from, to = to, from
	}
	return from
}
