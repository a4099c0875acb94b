package saliency

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/tasks/explain"
)

// Items are worked on side by side, a few ahead, and given on in their order; an error ends it,
// with nothing left at work.
func TestInOrder(t *testing.T) {
	var working, most, begun atomic.Int64
	list := make([]int, 40)
	for i := range list {
		list[i] = i
	}
	work := func(ctx context.Context, i int) {
		begun.Add(1)
		most.Store(max(most.Load(), working.Add(1)))
		time.Sleep(time.Duration(40-i) * 50 * time.Microsecond)
		working.Add(-1)
	}
	next := 0
	then := func(i int) error {
		if i != next {
			t.Fatalf("%d comes where %d should", i, next)
		}
		if next++; int(begun.Load()) > i+1+ahead {
			t.Errorf("%d were begun at %d", begun.Load(), i)
		}
		return nil
	}
	if err := inOrder(t.Context(), list, work, then); err != nil || next != len(list) || most.Load() != ahead {
		t.Errorf("%d given on, %d side by side, %v", next, most.Load(), err)
	}
	enough := errors.New("enough")
	begun.Store(0)
	err := inOrder(t.Context(), list, work, func(i int) error {
		if i == 3 {
			return enough
		}
		return nil
	})
	if err != enough || working.Load() != 0 || begun.Load() > 4+ahead {
		t.Errorf("%v with %d at work of %d", err, working.Load(), begun.Load())
	}
	if err := inOrder(t.Context(), nil, work, then); err != nil {
		t.Error(err)
	}
}

// Portions keep the order, hold every map once and stay below the limits, unless one map is above
// them.
func TestPortions(t *testing.T) {
	var p drawnPage
	for i := range 900 {
		m := &drawnMap{sample: int64(i), file: &catalog.File{Width: 100, Height: 50}, stored: &maps.Located{Bytes: 196}}
		switch {
		case i == 300:
			m.file.Width, m.file.Height = 9000, 6000
		case i > 300 && i < 400:
			m.file.Width, m.file.Height = 1000, 800
		case i > 500 && i < 600:
			m.stored.Bytes = 1 << 20
		case i == 700:
			m.file, m.stored = nil, nil
		}
		p.list = append(p.list, m)
	}
	for _, p.request.Plain = range []bool{false, true} {
		next, portions := 0, p.portions()
		for _, portion := range portions {
			pixels, held := 0, int64(0)
			for _, m := range portion {
				if m != p.list[next] {
					t.Fatalf("sample %d comes where %d should", m.sample, next)
				}
				if next++; m.file != nil {
					pixels, held = pixels+m.file.Width*m.file.Height, held+m.stored.Bytes
				}
			}
			if len(portion) == 0 || len(portion) > mostTogether || len(portion) > 1 && (held > mostHeld || pixels > explain.MostDrawn && !p.request.Plain) {
				t.Errorf("a portion of %d maps, %d pixels, %d bytes", len(portion), pixels, held)
			}
		}
		if next != len(p.list) || p.request.Plain && len(portions) > 40 || len(portions) > 70 {
			t.Errorf("%d of %d maps in %d portions", next, len(p.list), len(portions))
		}
	}
}
