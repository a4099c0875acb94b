package work

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/sightline/sightline/embeddings"
	"github.com/sightline/sightline/neighbours"
	"github.com/sightline/sightline/projection"
	"github.com/sightline/sightline/spaces"
	"github.com/sightline/sightline/tasks/project"
)

const (
	near      = 15 // neighbours of each
	placing   = 3  // drawn neighbours that place another image
	keepAfter = 5 * time.Second
)

// making is a map under way.
type making struct {
	project.Payload
	table *embeddings.Table
	task  reporter
	keep  string // file that it is kept in; "" keeps nothing
	every time.Duration
	most  int // images that are compared with each other

	space *spaces.Space
	costs costs
}

// reporter is a jobs.Task.
type reporter interface {
	Report(done int)
	Yield(ctx context.Context) error
}

// costs are what the parts of the work take, in pairs of vectors that are compared.
type costs struct{ lists, layout, place float64 }

// follows is what an epoch costs for each image, in the same measure.
const follows = 100

func (m *making) make(ctx context.Context) (*spaces.Space, error) {
	drawn := m.table.Drawn(cmp.Or(m.most, project.Most))
	n, rest := float64(len(drawn)), float64(len(m.table.IDs)-len(drawn))
	epochs := projection.EpochsOf(len(drawn))
	m.costs = costs{n * n, follows * n * float64(epochs), rest * n}
	values, err := m.table.Read(drawn)
	if err != nil {
		return nil, err
	}
	v := projection.Vectors{Dim: m.table.Dim, Values: values}
	v.Normalise()
	index, err := neighbours.New(numbered(len(drawn)), v.Dim, v)
	if err != nil {
		return nil, err
	}
	m.space = m.kept(drawn, epochs)
	if m.space == nil {
		m.space = &spaces.Space{Revision: m.Revision, Seed: m.Seed, Epochs: epochs, Samples: m.table.IDs, Drawn: drawn}
		if m.space.Lists, err = index.Lists(ctx, near, m.reports(ctx, 0, m.costs.lists, len(drawn))); err != nil {
			return nil, err
		}
	}
	if err := m.layOut(ctx, v); err != nil {
		return nil, err
	}
	return m.space, m.place(ctx, index)
}

func numbered(n int) []int64 {
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = int64(i)
	}
	return ids
}

// kept is what an earlier attempt left, if it was at the same.
func (m *making) kept(drawn []int32, epochs int) *spaces.Space {
	if m.keep == "" {
		return nil
	}
	s, err := spaces.Read(m.keep)
	if err != nil || s.Revision != m.Revision || s.Seed != m.Seed || s.Epochs != epochs || s.Lists.K != near ||
		!slices.Equal(s.Samples, m.table.IDs) || !slices.Equal(s.Drawn, drawn) || len(s.Points) != 2*len(drawn) {
		return nil
	}
	return s
}

// layOut does the epochs that are left, and keeps where things stand from time to time.
func (m *making) layOut(ctx context.Context, v projection.Vectors) error {
	s := m.space
	l := projection.NewLayout(projection.Fuzzy(s.Lists), projection.Principal(v).Points, projection.Options{Epochs: s.Epochs, Seed: s.Seed})
	if len(s.Points) > 0 {
		l.Resume(s.Epoch, s.Points)
	}
	report := m.reports(ctx, m.costs.lists, m.costs.layout, s.Epochs)
	var kept time.Time
	for l.Epoch() < s.Epochs {
		if m.keep != "" && time.Since(kept) > cmp.Or(m.every, keepAfter) {
			s.Epoch, s.Points = l.Epoch(), l.Points()
			if err := s.Write(m.keep); err != nil {
				return err
			}
			kept = time.Now()
		}
		l.Step()
		report(l.Epoch())
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	s.Epoch, s.Points = s.Epochs, l.Points()
	return nil
}

// place puts the images that were not drawn among their nearest drawn ones, the nearer the more similar.
func (m *making) place(ctx context.Context, index *neighbours.Index) error {
	s := m.space
	if len(s.Drawn) == len(s.Samples) {
		return nil
	}
	points, rest := make([]float32, 2*len(s.Samples)), make([]int32, 0, len(s.Samples)-len(s.Drawn))
	for row, at := int32(0), 0; int(row) < len(s.Samples); row++ {
		if at < len(s.Drawn) && s.Drawn[at] == row {
			copy(points[2*row:2*row+2], s.Points[2*at:2*at+2])
			at++
			continue
		}
		rest = append(rest, row)
	}
	lists, err := index.ListsOf(ctx, some{m.table, rest}, len(rest), placing, m.reports(ctx, m.costs.lists+m.costs.layout, m.costs.place, len(rest)))
	if err != nil {
		return err
	}
	for i, row := range rest {
		others, cosines := lists.Of(i)
		var x, y, all float64
		for k, other := range others {
			weight := 1 / (1e-3 + max(0, 1-float64(cosines[k])))
			x, y, all = x+weight*float64(s.Points[2*other]), y+weight*float64(s.Points[2*other+1]), all+weight
		}
		if all > 0 {
			points[2*row], points[2*row+1] = float32(x/all), float32(y/all)
		}
	}
	s.Points = points
	return nil
}

// some are rows of a table.
type some struct {
	table *embeddings.Table
	rows  []int32
}

// Row reads one.
func (s some) Row(i int, into []float32) error { return s.table.Row(int(s.rows[i]), into) }

// reports tells the job how far a part of the work is, and lets calls go first.
func (m *making) reports(ctx context.Context, before, cost float64, of int) func(done int) {
	all := m.costs.lists + m.costs.layout + m.costs.place
	return func(done int) {
		share := (before + cost*float64(done)/float64(of)) / all
		m.task.Report(int(share * project.Steps))
		_ = m.task.Yield(ctx) // its error is that of ctx, which is asked after
	}
}
