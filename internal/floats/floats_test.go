package floats_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/sightline/sightline/internal/floats"
)

// TestBytes writes and reads values of every kind, bit for bit.
func TestBytes(t *testing.T) {
	values := []float32{1, -2.5, 0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), math.SmallestNonzeroFloat32, math.Float32frombits(0x7fc01234)}
	b := floats.Bytes(values)
	if !bytes.Equal(b[:8], []byte{0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0}) {
		t.Errorf("1 and -2.5 are % x", b[:8])
	}
	if got := floats.Append([]byte{7}, values); got[0] != 7 || !bytes.Equal(got[1:], b) {
		t.Errorf("appended: % x", got)
	}
	got := floats.From(append(b, 1, 2, 3))
	if len(got) != len(values) {
		t.Fatalf("%d values, want %d", len(got), len(values))
	}
	for i, v := range values {
		if math.Float32bits(got[i]) != math.Float32bits(v) {
			t.Errorf("value %d is %x, want %x", i, math.Float32bits(got[i]), math.Float32bits(v))
		}
	}
}
