package work

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/sightline/sightline/embeddings"
	"github.com/sightline/sightline/results/scoreblock"
	"github.com/sightline/sightline/spaces"
	"github.com/sightline/sightline/tasks/project"
)

// until ends the work when it has reported so many hundredths.
type until struct {
	end  func()
	at   int
	last int
}

func (u *until) Report(done int) {
	u.last = max(u.last, done)
	if done >= u.at {
		u.end()
	}
}

func (u *until) Yield(ctx context.Context) error { return ctx.Err() }

// table writes n embeddings in two blocks, in no order.
func table(t *testing.T, n int) *embeddings.Table {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	const dim = 12
	b := &scoreblock.Block{Classes: 2, Values: make([]float32, 2*n)}
	for i := range n {
		b.Samples = append(b.Samples, int64(5*n-3*i))
		for j := range dim {
			b.Embedding = append(b.Embedding, float32(r.NormFloat64()*0.3+float64((i%5+j)%3)))
		}
	}
	path := filepath.Join(t.TempDir(), "block")
	if err := scoreblock.Write(path, b); err != nil {
		t.Fatal(err)
	}
	found, err := embeddings.Open([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { found.Close() })
	return found
}

// Work that was ended at any time goes on to the same bits, and one that was at other predictions begins anew.
func TestGoesOnToTheSameBits(t *testing.T) {
	all := table(t, 240)
	keep := filepath.Join(t.TempDir(), "kept")
	made := func(m *making, at int) (*spaces.Space, int, error) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		u := &until{end: cancel, at: at}
		m.task = u
		s, err := m.make(ctx)
		return s, u.last, err
	}
	payload := project.Payload{Revision: "a", Seed: 7}
	want, told, err := made(&making{Payload: payload, table: all}, 101)
	if err != nil || told != project.Steps || !slices.Equal(want.Samples, all.IDs) || len(want.Points) != 480 {
		t.Fatalf("%d points, told of %d: %v", len(want.Points), told, err)
	}
	for _, at := range []int{2, 30, 90} {
		if _, _, err := made(&making{Payload: payload, table: all, keep: keep, every: 10 * time.Millisecond}, at); !errors.Is(err, context.Canceled) {
			t.Fatalf("ended at %d: %v", at, err)
		}
		kept, err := spaces.Read(keep)
		if err != nil || at == 90 && kept.Epoch == 0 {
			t.Fatalf("ended at %d: after epoch %d, %v", at, kept.Epoch, err)
		}
	}
	got, _, err := made(&making{Payload: payload, table: all, keep: keep}, 101)
	if err != nil || !slices.Equal(got.Points, want.Points) || !slices.Equal(got.Lists.Rows, want.Lists.Rows) || got.Epoch != got.Epochs {
		t.Errorf("after it was ended there are other bits: %v", err)
	}
	payload.Revision = "b"
	if m := (&making{Payload: payload, table: all, keep: keep}); m.kept(want.Drawn, want.Epochs) != nil {
		t.Error("what was kept of other predictions is gone on with")
	}
}

// Of more images than are compared with each other some are drawn, and the others lie among their neighbours.
func TestOthersArePlaced(t *testing.T) {
	all := table(t, 300)
	m := &making{Payload: project.Payload{Seed: 1}, table: all, task: &until{end: func() {}, at: 101}, most: 100}
	s, err := m.make(t.Context())
	if err != nil || len(s.Drawn) != 100 || len(s.Points) != 600 || s.Lists.Len() != 100 {
		t.Fatalf("%d drawn, %d points: %v", len(s.Drawn), len(s.Points)/2, err)
	}
	path := filepath.Join(t.TempDir(), "space")
	if err := s.Write(path); err != nil {
		t.Fatal(err)
	}
	back, err := spaces.Read(path)
	if err != nil || !slices.Equal(back.Points, s.Points) || !slices.Equal(back.Drawn, s.Drawn) || !slices.Equal(back.Lists.Cosines, s.Lists.Cosines) || back.Revision != s.Revision {
		t.Errorf("read back: %v", err)
	}
	low, high := slices.Min(s.Points), slices.Max(s.Points)
	for row := range 300 {
		if _, drawn := slices.BinarySearch(s.Drawn, int32(row)); drawn {
			continue
		}
		x, y := s.Points[2*row], s.Points[2*row+1]
		if x == 0 && y == 0 || x < low || y > high {
			t.Errorf("row %d lies at %v, %v", row, x, y)
		}
	}
}
