package attribution

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
)

// CachedScores keep what a model said about one image: all classes' scores for
// every perturbation of a run. Given to a later Request for the same model and
// image, they answer for another target without running the model again; only
// what the earlier run did not get to is run. The map is the same as without
// them, bit for bit.
//
// A changed image, method, option, fill or seed is noticed, and they begin anew;
// that it is the same model is up to the caller. The zero value is ready. Not safe
// for use by two calls at once.
type CachedScores struct {
	mark string
	base []float32 // scores of the untouched image
	rows []float32 // scores of perturbations 0, 1, 2, …
}

// Bytes is the memory they hold: 16 MB for 4,000 perturbations of a
// model of 1,000 classes.
func (c *CachedScores) Bytes() int { return 4 * (len(c.base) + len(c.rows)) }

// Claim makes them those of a run on the request by a method with these
// options, forgetting another's.
func (c *CachedScores) Claim(r Request, options string) {
	mark := r.mark(options)
	if c.mark != mark {
		*c = CachedScores{mark: mark}
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

// Untouched returns the scores of the image itself.
func (c *CachedScores) Untouched(ctx context.Context, s Scorer, input []float32) ([]float32, error) {
	if c.base == nil {
		base, err := Scores(ctx, s, input, 1)
		if err != nil {
			return nil, err
		}
		c.base = slices.Clone(base)
	}
	return c.base, nil
}

// Scores returns those of perturbations first … first+n-1: remembered ones, or
// else those that run gives. It may return fewer than n, where memory ends.
func (c *CachedScores) Scores(first, n, classes int, run func(first, n int) ([]float32, error)) ([]float32, error) {
	known := len(c.rows) / classes
	if first < known {
		return c.rows[first*classes : min(first+n, known)*classes], nil
	}
	fresh, err := run(first, n)
	if err != nil {
		return nil, err
	}
	c.rows = append(c.rows, fresh...)
	return fresh, nil
}
