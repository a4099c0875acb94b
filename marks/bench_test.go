package marks_test

import (
	"fmt"
	"testing"

	"github.com/sightline/sightline/internal/synthetic"
	"github.com/sightline/sightline/marks"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/workspace"
)

// BenchmarkTag tags all of 100,000 samples, with history, and takes it back.
func BenchmarkTag(b *testing.B) {
	s, err := stores.Open(ctx, b.TempDir(), workspace.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if _, err := synthetic.Fill(ctx, s, synthetic.Size{Samples: 100_000, Classes: 10}, nil); err != nil {
		b.Fatal(err)
	}
	request := marks.Request{Dataset: "synthetic", Kind: marks.Tag, Evaluation: evaluation}
	b.Run("tag", func(b *testing.B) {
		for i := range b.N {
			request.Value = fmt.Sprintf("%d-%d", b.N, i)
			if a, err := s.Marks.Act(ctx, request); err != nil || a.Changed != 100_000 {
				b.Fatal(a, err)
			}
		}
	})
	b.Run("undo", func(b *testing.B) {
		for range min(b.N, 3) {
			if _, err := s.Marks.Undo(ctx, "synthetic", 0); err != nil {
				b.Fatal(err)
			}
		}
	})
}
