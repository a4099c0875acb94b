package similarity

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/labelling"
	"github.com/sightline/sightline/neighbours"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/slice"
)

// nextQuery asks what to label next.
type nextQuery struct {
	route.EvaluationPath
	route.SliceQuery
	Strategy string `query:"strategy" default:"uncertain,diverse" doc:"uncertain, diverse, typical, balanced, errors, several with commas; or random"`
	Count    int    `query:"count" minimum:"1" maximum:"1000" default:"50" doc:"Samples to choose"`
	Seed     uint64 `query:"seed" doc:"Of what is drawn"`
}

const (
	mostCompared = 10_000 // samples of the pool, and of those it is compared with
	nearest      = 20     // others of the pool that typicality is the mean over
)

func (b *Resources) nextRoutes(a huma.API) {
	route.JSON(a, "GET /api/evaluations/{id}/next", "list-next", "Which samples of a slice to label next; without a slice, of those without a label", b.next)
}

func (b *Resources) next(ctx context.Context, in *nextQuery) (out api.Next, err error) {
	strategies, err := labelling.Parse(in.Strategy)
	if err != nil {
		return out, route.Refused(http.StatusUnprocessableEntity, err)
	}
	of, err := in.Selected()
	if err != nil {
		return out, err
	}
	if of.Empty() {
		of = slice.Equal("label", slice.Class(slice.None))
	}
	x, err := b.take(ctx, in.Evaluation)
	if err != nil {
		return out, err
	}
	defer b.release(x)
	c := &candidates{index: x, ctx: ctx, draw: rand.New(rand.NewPCG(in.Seed, 1))}
	if err := c.read(b, in.Evaluation, of); err != nil {
		return out, err
	}
	out = api.Next{Seed: in.Seed, Pool: c.all, Drawn: len(c.pool), Labelled: len(c.labelled), Samples: []api.NextSample{}}
	for _, s := range strategies {
		out.Strategies = append(out.Strategies, string(s))
	}
	pool, err := c.measured(strategies)
	if err != nil {
		return out, err
	}
	chosen := pool.Choose(strategies, in.Count, in.Seed)
	ids := wire.List(chosen, func(one labelling.Choice) int64 { return c.pool[one.Image].Sample })
	items, err := b.store.Results.ItemsOf(ctx, in.Evaluation, ids)
	for i, it := range items {
		out.Samples = append(out.Samples, api.NextSample{Sample: wire.Sample(it, 0), Margin: c.pool[chosen[i].Image].Margin, Value: chosen[i].Value})
	}
	return out, err
}

// candidates are what can be chosen, and the labelled samples that it is compared with.
type candidates struct {
	*index
	ctx            context.Context
	draw           *rand.Rand
	all            int // before any were drawn
	pool, labelled []results.Undecided
	counts         []int // of labels
}

// read lists both, and draws from those that are too many.
func (c *candidates) read(b *Resources, evaluation string, of slice.Slice) error {
	e, err := b.store.Results.Evaluation(c.ctx, evaluation)
	if err != nil {
		return err
	}
	if c.pool, err = b.store.Results.Margins(c.ctx, evaluation, of); err != nil {
		return err
	}
	if len(c.pool) == 0 {
		return route.Refused(http.StatusUnprocessableEntity, fmt.Errorf("there is nothing to choose from: no predicted sample is %s. Give another slice, such as split=pool, or evaluate images without labels", of.Sentence(e.Classes)))
	}
	inPool := map[int64]bool{}
	for _, u := range c.pool {
		inPool[u.Sample] = true
	}
	everything, err := b.store.Results.Margins(c.ctx, evaluation, slice.Slice{})
	c.counts, c.all = make([]int, len(e.Classes)), len(c.pool)
	for _, u := range everything {
		if u.Label >= 0 && !inPool[u.Sample] {
			c.labelled = append(c.labelled, u)
			c.counts[u.Label]++
		}
	}
	c.pool, c.labelled = c.some(c.pool), c.some(c.labelled)
	return err
}

// some draws from samples that are too many, and keeps their order.
func (c *candidates) some(list []results.Undecided) []results.Undecided {
	if len(list) <= mostCompared {
		return list
	}
	drawn := c.draw.Perm(len(list))[:mostCompared]
	slices.Sort(drawn)
	return wire.List(drawn, func(i int) results.Undecided { return list[i] })
}

// measured is the pool with what some strategies ask for.
func (c *candidates) measured(strategies []labelling.Strategy) (*labelling.Pool, error) {
	p := &labelling.Pool{Labelled: c.counts}
	for _, u := range c.pool {
		p.Margin, p.Predicted = append(p.Margin, u.Margin), append(p.Predicted, u.Predicted)
	}
	has := func(s labelling.Strategy) bool { return slices.Contains(strategies, s) }
	if !has(labelling.Diverse) && !has(labelling.Typical) && !has(labelling.Errors) {
		return p, nil
	}
	if c.Dim() == 0 {
		return nil, route.Refused(http.StatusUnprocessableEntity, fmt.Errorf("this model has no embedding, which diverse, typical and errors compare: choose by uncertain, balanced or random"))
	}
	own, err := c.vectors(c.pool)
	if err != nil {
		return nil, err
	}
	p.Cosine = func(i, j int) float64 { return numbered(neighbours.Cosine(own[i], own[j])) }
	if has(labelling.Typical) {
		if p.Typical, err = c.typical(own); err != nil {
			return nil, err
		}
	}
	if has(labelling.Diverse) || has(labelling.Errors) {
		err = c.near(p, own)
	}
	return p, err
}

// numbered takes a cosine that is none for that of vectors at a right angle.
func numbered(cosine float64) float64 {
	if math.IsNaN(cosine) {
		return 0
	}
	return cosine
}

// vectors reads embeddings.
func (c *candidates) vectors(of []results.Undecided) (memory, error) {
	list := make(memory, len(of))
	for i, u := range of {
		list[i] = make([]float32, c.Dim())
		row, ok := c.embeddings.Find(u.Sample)
		if !ok {
			return nil, route.Conflict(fmt.Errorf("sample %d has changed meanwhile: ask again", u.Sample))
		}
		if err := c.embeddings.Row(row, list[i]); err != nil {
			return nil, err
		}
	}
	return list, c.ctx.Err()
}

// memory is vectors that were read.
type memory [][]float32

// Row copies one.
func (m memory) Row(row int, into []float32) error {
	copy(into, m[row])
	return nil
}

func (m memory) index(dim int) (*neighbours.Index, error) {
	ids := make([]int64, len(m))
	for i := range ids {
		ids[i] = int64(i)
	}
	return neighbours.New(ids, dim, m)
}

// typical is the mean cosine of each image to the nearest others of the pool.
func (c *candidates) typical(own memory) ([]float64, error) {
	x, err := own.index(c.Dim())
	if err != nil {
		return nil, err
	}
	list := make([]float64, len(own))
	for i, v := range own {
		found, err := x.Nearest(v, nearest, func(row int) bool { return row != i })
		if err != nil || c.ctx.Err() != nil {
			return nil, cmp.Or(err, c.ctx.Err())
		}
		for _, h := range found.Hits {
			list[i] += h.Cosine / float64(len(found.Hits))
		}
	}
	return list, nil
}

// near fills how far each image is from labelled ones, and nearer to wrong ones than to right ones.
func (c *candidates) near(p *labelling.Pool, own memory) error {
	others, err := c.vectors(c.labelled)
	if err != nil {
		return err
	}
	x, err := others.index(c.Dim())
	if err != nil {
		return err
	}
	p.Distance, p.Errors = make([]float64, len(own)), make([]float64, len(own))
	for i, v := range own {
		best := [2]float64{math.NaN(), math.NaN()} // to right, to wrong ones
		for k := range best {
			found, err := x.Nearest(v, 1, func(row int) bool { return (c.labelled[row].Label != c.labelled[row].Predicted) == (k == 1) })
			if err != nil || c.ctx.Err() != nil {
				return cmp.Or(err, c.ctx.Err())
			}
			if len(found.Hits) > 0 {
				best[k] = found.Hits[0].Cosine
			}
		}
		p.Errors[i] = best[1] - best[0]
		p.Distance[i] = 1
		for _, cosine := range best {
			if !math.IsNaN(cosine) {
				p.Distance[i] = min(p.Distance[i], max(0, 1-cosine))
			}
		}
	}
	return nil
}
