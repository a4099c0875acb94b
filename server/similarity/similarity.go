// Package similarity has the API's resources of what embeddings say: which samples
// are like one, and which to label next.
package similarity

import (
	"context"
	"fmt"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/embeddings"
	"github.com/sightline/sightline/internal/lru"
	"github.com/sightline/sightline/neighbours"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/project"
)

// Resources are the routes, and the indexes that they keep. The zero value is ready for Register.
type Resources struct {
	store   *stores.Stores
	project project.Service

	mu      sync.Mutex // while an index is made, too: one at a time
	indexes lru.Cache[string, *index]
}

// index is that of an evaluation, while its predictions are the same.
type index struct {
	*neighbours.Index
	embeddings *embeddings.Table
	change     string
	flat       sync.Once // points is made once
	points     []float32 // along the principal components
	failed     error     // of making them
	users      int
	dropped    bool
}

// none says why there is nothing to compare; empty where there is.
func (x *index) none() string {
	switch {
	case x.Len() == 0:
		return "nothing is predicted yet"
	case x.Dim() == 0:
		return "this model has no embedding: no linear layer was found at its end whose input could be kept"
	}
	return ""
}

// mostHeld is how many bytes of indexes are kept, but always the last one.
const mostHeld = 1 << 30

// Use says what the routes work on, before the first request.
func (b *Resources) Use(tasks *task.Server) {
	b.store, b.project = tasks.Store, project.Service{Server: tasks}
}

// similarQuery asks what is like a sample.
type similarQuery struct {
	route.SamplePath
	route.SliceQuery
	Limit int `query:"limit" minimum:"1" maximum:"100" default:"5" doc:"Samples of each list at most"`
}

// Register puts the routes in place.
func (b *Resources) Register(a huma.API) {
	route.JSON(a, "GET /api/evaluations/{id}/samples/{sample}/similar", "list-similar", "The samples of a slice whose embeddings are most like that of one, right and wrong ones", b.similar)
	b.nextRoutes(a)
	b.spaceRoutes(a)
}

func (b *Resources) similar(ctx context.Context, in *similarQuery) (api.Similar, error) {
	out := api.Similar{Right: []api.SimilarSample{}, Wrong: []api.SimilarSample{}, Unlabelled: []api.SimilarSample{}}
	of, err := in.Selected()
	if err != nil {
		return out, err
	}
	x, err := b.take(ctx, in.Evaluation)
	if err != nil {
		return out, err
	}
	defer b.release(x)
	if out.Reason = x.none(); out.Reason != "" {
		return out, nil
	}
	row, ok := x.embeddings.Find(in.Sample)
	if !ok {
		return out, route.NotFound(fmt.Errorf("sample %d has no prediction in %s", in.Sample, in.Evaluation))
	}
	groups, err := b.groups(ctx, x, in.Evaluation, of)
	if err != nil {
		return out, err
	}
	groups[row] = left // a sample is not its own neighbour
	query := make([]float32, x.Dim())
	if err := x.embeddings.Row(row, query); err != nil {
		return out, err
	}
	for group, list := range map[uint8]*[]api.SimilarSample{right: &out.Right, wrong: &out.Wrong, unlabelled: &out.Unlabelled} {
		found, err := x.Nearest(query, in.Limit, func(row int) bool { return groups[row] == group })
		if err != nil {
			return out, err
		}
		out.Rescored += found.Rescored
		if *list, err = b.samples(ctx, in.Evaluation, found.Hits, of.Threshold()); err != nil {
			return out, err
		}
	}
	for _, g := range groups {
		if g != left {
			out.Of++
		}
	}
	return out, nil
}

// The groups of rows.
const (
	left uint8 = iota // not in the slice
	right
	wrong
	unlabelled
)

// groups tells of each row whether it is right or wrong, if the slice selects it.
func (b *Resources) groups(ctx context.Context, x *index, evaluation string, of slice.Slice) ([]uint8, error) {
	list, err := b.store.Results.Outcomes(ctx, evaluation, of)
	if err != nil {
		return nil, err
	}
	groups := make([]uint8, x.Len())
	row := 0
	for _, o := range list { // both are in the order of samples
		for row < x.Len() && x.ID(row) < o.Sample {
			row++
		}
		if row == x.Len() {
			break
		}
		switch {
		case x.ID(row) != o.Sample:
		case o.Label < 0:
			groups[row] = unlabelled
		case o.Label == o.Predicted:
			groups[row] = right
		default:
			groups[row] = wrong
		}
	}
	return groups, nil
}

// samples describes what was found.
func (b *Resources) samples(ctx context.Context, evaluation string, hits []neighbours.Hit, threshold float64) ([]api.SimilarSample, error) {
	ids, cosine := make([]int64, len(hits)), map[int64]float64{}
	for i, h := range hits {
		ids[i], cosine[h.ID] = h.ID, h.Cosine
	}
	items, err := b.store.Results.ItemsOf(ctx, evaluation, ids)
	return wire.List(items, func(it results.Item) api.SimilarSample {
		return api.SimilarSample{Sample: wire.Sample(it, threshold), Similarity: cosine[it.ID]}
	}), err
}

// take gives the index of an evaluation as it is now, making it if need be; it is to be released.
func (b *Resources) take(ctx context.Context, evaluation string) (*index, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	blocks, change, err := b.store.Results.Blocks(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	if x, ok := b.indexes.Get(evaluation); ok {
		if x.change == change {
			x.users++
			return x, nil
		}
		b.drop(b.indexes.Take(evaluation))
	}
	x, err := makeIndex(blocks)
	if err != nil {
		return nil, err
	}
	x.change, x.users = change, 1
	b.indexes.Put(evaluation, x, x.Bytes())
	for b.indexes.Len() > 1 && b.indexes.Size() > mostHeld {
		_, old, ok := b.indexes.TakeOldest()
		b.drop(old, ok)
	}
	return x, nil
}

func makeIndex(blocks []string) (*index, error) {
	m, err := embeddings.Open(blocks)
	if err != nil {
		return nil, err
	}
	found, err := neighbours.New(m.IDs, m.Dim, m)
	if err != nil {
		m.Close()
		return nil, fmt.Errorf("reading embeddings: %w", err)
	}
	return &index{Index: found, embeddings: m}, nil
}

// drop closes the files of an index that is kept no longer, once nobody uses it.
func (b *Resources) drop(x *index, ok bool) {
	if !ok {
		return
	}
	x.dropped = true
	if x.users == 0 {
		x.embeddings.Close()
	}
}

func (b *Resources) release(x *index) {
	b.mu.Lock()
	defer b.mu.Unlock()
	x.users--
	if x.dropped {
		b.drop(x, true)
	}
}

// Close closes the files of all indexes.
func (b *Resources) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.indexes.Len() > 0 {
		_, x, ok := b.indexes.TakeOldest()
		b.drop(x, ok)
	}
}
