package similarity

import (
	"cmp"
	"math"
	"runtime"
	"sync"

	"github.com/sightline/sightline/projection"
)

// mostFlat is how many embeddings the principal components are found of; others are projected on them.
const mostFlat = 20_000

// principal is where embeddings lie along their principal components, [n][2]. It is made once.
func (x *index) principal() ([]float32, error) {
	x.flat.Do(func() { x.points, x.failed = x.flatten() })
	return x.points, x.failed
}

func (x *index) flatten() ([]float32, error) {
	drawn := x.embeddings.Drawn(mostFlat)
	values, err := x.embeddings.Read(drawn)
	if err != nil {
		return nil, err
	}
	v := projection.Vectors{Dim: x.Dim(), Values: values}
	v.Normalise()
	found := projection.Principal(v)
	if len(drawn) == x.Len() {
		return found.Points, nil
	}
	points := make([]float32, 2*x.Len())
	cores := runtime.GOMAXPROCS(0)
	failed := make([]error, cores)
	var all sync.WaitGroup
	for core := range cores {
		all.Go(func() {
			row := projection.Vectors{Dim: x.Dim(), Values: make([]float32, x.Dim())}
			for i := core; i < x.Len() && failed[core] == nil; i += cores {
				failed[core] = x.embeddings.Row(i, row.Values)
				row.Normalise()
				points[2*i], points[2*i+1] = found.At(row.Values)
			}
		})
	}
	all.Wait()
	return points, cmp.Or(failed...)
}

// floatBits is a number as a float64, which a browser reads without loss up to 2^53.
func floatBits(n int64) uint64 { return math.Float64bits(float64(n)) }
