package attribution

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
)

// Evidence keeps what a model said about one picture: all classes' scores for
// every perturbation of a run. Given to a later Request for the same model and
// picture, it answers for another target without running the model again; only
// what the earlier run did not get to is run. The map is the same as without
// it, bit for bit.
//
// A changed picture, method, option, fill or seed is noticed, and the evidence
// begins anew; that it is the same model is up to the caller. The zero value is
// ready. Not safe for use by two calls at once.
type Evidence struct {
	mark string
	base []float32 // scores of the untouched picture
	rows []float32 // scores of perturbations 0, 1, 2, …
}

// Bytes is the memory the evidence holds: 16 MB for 4,000 perturbations of a
// model of 1,000 classes.
func (e *Evidence) Bytes() int { return 4 * (len(e.base) + len(e.rows)) }

// Claim makes the evidence that of a run on the request by a method with these
// options, forgetting another's.
func (e *Evidence) Claim(r Request, options string) {
	mark := r.mark(options)
	if e.mark != mark {
		*e = Evidence{mark: mark}
	}
}

// mark names everything a run's scores depend on, the model aside.
func (r Request) mark(method string) string {
	hash := fnv.New128a()
	var bytes [4]byte
	for _, v := range r.Input {
		binary.LittleEndian.PutUint32(bytes[:], math.Float32bits(v))
		hash.Write(bytes[:])
	}
	return fmt.Sprintf("%s %v %d %x", method, r.Fill, r.Seed, hash.Sum(nil))
}

// Untouched returns the scores of the picture itself.
func (e *Evidence) Untouched(ctx context.Context, s Scorer, input []float32) ([]float32, error) {
	if e.base == nil {
		base, err := Scores(ctx, s, input, 1)
		if err != nil {
			return nil, err
		}
		e.base = slices.Clone(base)
	}
	return e.base, nil
}

// Scores returns those of perturbations first … first+n-1: remembered ones, or
// else those that run gives. It may return fewer than n, where memory ends.
func (e *Evidence) Scores(first, n, classes int, run func(first, n int) ([]float32, error)) ([]float32, error) {
	known := len(e.rows) / classes
	if first < known {
		return e.rows[first*classes : min(first+n, known)*classes], nil
	}
	fresh, err := run(first, n)
	if err != nil {
		return nil, err
	}
	e.rows = append(e.rows, fresh...)
	return fresh, nil
}
