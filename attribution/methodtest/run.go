package methodtest

import (
	"context"
	"errors"
	"testing"

	"github.com/sightline/sightline/attribution"
)

// runCases look at how a method runs a model.
func runCases() []Case {
	return []Case{
		{Name: "cancelled before", Run: cancelledBefore},
		{Name: "cancelled on the way", Run: cancelledOnTheWay},
		{Name: "a model that fails", Run: failing},
		{Name: "memory", Run: memory},
		{Name: "progress", Run: progress},
	}
}

func cancelledBefore(t *testing.T, s *Subject) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := attribution.Explain(ctx, s.Method, s.watch(ordinary).scorer(), request(0), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want cancelled", err)
	}
}

// cancelledOnTheWay: cancelled in any of its first calls, a method asks no further
// one of the model.
func cancelledOnTheWay(t *testing.T, s *Subject) {
	for stop := 1; stop <= 3; stop++ {
		ctx, cancel := context.WithCancel(t.Context())
		model, r := s.watch(ordinary), request(0)
		r.Batch = 2
		model.before = func(calls int) error {
			if calls == stop {
				cancel()
			}
			return ctx.Err()
		}
		_, err := attribution.Explain(ctx, s.Method, model.scorer(), r, nil)
		if model.calls >= stop && !errors.Is(err, context.Canceled) || model.calls > stop {
			t.Errorf("cancelled in call %d of %d: error %v", stop, model.calls, err)
		}
		cancel()
	}
}

// failing: the model's own error comes through, whichever call fails.
func failing(t *testing.T, s *Subject) {
	broken := errors.New("out of memory")
	for fail := 1; fail <= 3; fail++ {
		model, r := s.watch(ordinary), request(0)
		r.Batch = 2
		model.before = func(calls int) error {
			if calls >= fail {
				return broken
			}
			return nil
		}
		m, err := attribution.Explain(t.Context(), s.Method, model.scorer(), r, nil)
		if model.calls >= fail && (m != nil || !errors.Is(err, broken)) {
			t.Errorf("call %d fails: map %v, error %v", fail, m, err)
		}
	}
}

// memory: never more inputs at once than the batch, or than samples times targets.
func memory(t *testing.T, s *Subject) {
	const batch = 5
	model, r := s.watch(ordinary), request(0)
	r.Batch = batch
	s.explain(t, model.scorer(), r)
	if model.most > batch {
		t.Errorf("a batch of %d, and %d inputs at once", batch, model.most)
	}
	model = s.watch(ordinary)
	rs := []attribution.Request{r, request(1), request(2)}
	rs[1].Batch, rs[2].Batch = batch, batch
	if _, errs := s.Method.ExplainBatch(t.Context(), model.scorer(), rs, []attribution.Target{{}, {Kind: attribution.Contrast}}, nil); errors.Join(errs...) != nil {
		t.Fatal(errors.Join(errs...))
	}
	if model.most > 6 {
		t.Errorf("3 samples, 2 targets and a batch of %d, and %d inputs at once", batch, model.most)
	}
}

// progress never falls nor passes its end, is told by those whose card says that
// they stream, and of one sample only.
func progress(t *testing.T, s *Subject) {
	told, done := 0, 0
	see := func(p attribution.Snapshot) {
		if told++; p.Done < done || p.Done > p.Total {
			t.Errorf("%d of %d after %d", p.Done, p.Total, done)
		}
		done = p.Done
	}
	r := request(0)
	r.Batch = 2
	if _, err := attribution.Explain(t.Context(), s.Method, s.watch(ordinary).scorer(), r, see); err != nil {
		t.Fatal(err)
	}
	if (told > 0) != s.Card.Streams {
		t.Errorf("told %d times; the card says that it streams: %v", told, s.Card.Streams)
	}
	told, done = 0, 0
	rs := []attribution.Request{r, r}
	if _, errs := s.Method.ExplainBatch(t.Context(), s.watch(ordinary).scorer(), rs, []attribution.Target{{}}, see); errors.Join(errs...) != nil || told > 0 {
		t.Errorf("of two samples told %d times; %v", told, errors.Join(errs...))
	}
}
