package jobs

import (
	"testing"
	"time"
)

// TestSplitCoversAndEnds halves chunks of every small shape: the halves must
// tile the whole, and cuts fall on multiples of powers of two.
func TestSplitCoversAndEnds(t *testing.T) {
	for first := range 40 {
		for count := 2; count < 70; count++ {
			c := Chunk{First: first, Count: count}
			a, b := c.split()
			if a.First != first || a.End() != b.First || b.End() != c.End() || a.Count < 1 || b.Count < 1 {
				t.Fatalf("%+v split into %+v and %+v", c, a, b)
			}
		}
	}
	if a, b := (Chunk{First: 512, Count: 512}).split(); a.Count != 256 || b.Count != 256 {
		t.Errorf("512 items split into %d and %d", a.Count, b.Count)
	}
}

func TestCutCoversTheItems(t *testing.T) {
	for _, c := range []struct{ items, size, chunks int }{{0, 5, 0}, {1, 5, 1}, {5, 5, 1}, {6, 5, 2}, {100, 7, 15}} {
		next := 0
		chunks := cut("j", c.items, c.size)
		for i, k := range chunks {
			if k.First != next || k.Seq != i || k.Count < 1 || k.Count > c.size {
				t.Fatalf("%+v: chunk %+v", c, k)
			}
			next = k.End()
		}
		if next != c.items || len(chunks) != c.chunks {
			t.Errorf("%+v: %d chunks end at %d", c, len(chunks), next)
		}
	}
}

func TestMeterForgetsTheOldRate(t *testing.T) {
	var m meter
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	m.reset(at, 100)
	done := 100
	for range 100 { // 20 s at 50 items/s
		at, done = at.Add(200*time.Millisecond), done+10
		m.add(at, done)
	}
	if r := m.rate(at, done); r < 49 || r > 51 {
		t.Errorf("rate %v, want 50", r)
	}
	for range 100 { // 20 s at 5 items/s
		at, done = at.Add(200*time.Millisecond), done+1
		m.add(at, done)
	}
	if r := m.rate(at, done); r < 4.8 || r > 5.2 {
		t.Errorf("rate %v, want 5", r)
	}
	if r := m.rate(at.Add(30*time.Second), done); r > 2 {
		t.Errorf("after a silence the rate is still %v", r)
	}
}
