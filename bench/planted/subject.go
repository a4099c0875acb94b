package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/sightline/sightline/findings"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/properties"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/tasks/whatif"
	"github.com/sightline/sightline/tasks/whatif/work"
	"github.com/sightline/sightline/trials"
)

// subject is a head and the photos that it is looked at with: what an evaluation is to the
// product. Sample i+1 is photo i.
type subject struct {
	base     *base
	head     head
	photos   []photo
	right    map[int][]int64
	accuracy float64
	passes   int
	plans    map[string]*whatif.Plan
	trials   map[string][]trials.Trial
}

// evaluate has a head look at photos.
func (b *base) evaluate(ctx context.Context, h head, photos []photo) (*subject, error) {
	s := &subject{base: b, head: h, photos: photos, right: map[int][]int64{}, plans: map[string]*whatif.Plan{}, trials: map[string][]trials.Trial{}}
	features, err := b.features(ctx, filesOf(photos))
	if err != nil {
		return nil, err
	}
	n := 0
	for i, f := range features {
		if c := photos[i].class; findings.OutcomeOf(h.logits(f), c).Winner == c {
			s.right[c] = append(s.right[c], int64(i+1))
			n++
		}
	}
	s.accuracy = float64(n) / float64(len(photos))
	return s, nil
}

func filesOf(photos []photo) []string {
	files := make([]string, len(photos))
	for i, p := range photos {
		files[i] = p.file
	}
	return files
}

// find goes through all stages, as the product does.
func (s *subject) find(ctx context.Context, budget int) ([]findings.Finding, error) {
	if budget == 0 {
		budget = whatif.DefaultBudget(len(s.photos))
	}
	for _, stage := range whatif.Stages() {
		plan, err := whatif.Design(ctx, s, stage, whatif.Basis{Budget: budget})
		if err != nil {
			return nil, err
		}
		made, err := s.try(ctx, plan)
		if err != nil {
			return nil, err
		}
		s.plans[stage], s.trials[stage] = plan, made
		s.passes += plan.Passes
	}
	table, err := whatif.TableOf(ctx, s, nil)
	if err != nil {
		return nil, err
	}
	return table.Findings(), nil
}

// try makes the trials of a plan.
func (s *subject) try(ctx context.Context, plan *whatif.Plan) ([]trials.Trial, error) {
	found := map[int64]whatif.Located{}
	for i, p := range s.photos {
		where, err := s.where(p)
		if err != nil {
			return nil, err
		}
		found[int64(i+1)] = whatif.Located{Image: task.Image{File: p.file}, Where: where}
	}
	var changes []work.Change
	for i := range plan.Units {
		it := plan.Item(i, s.base.classes, found)
		list, err := work.Changes(it, plan.Seed, s.load(it.Image), func(of task.Image) (work.Image, error) { return s.load(of), nil })
		if err != nil {
			return nil, err
		}
		changes = append(changes, list...)
	}
	names := make([]wanted, len(changes))
	for i, c := range changes {
		names[i] = wanted{s.base.nameOf(s.photos[c.Sample-1].file, describe(s.base, c)...), c.Make}
	}
	if err := s.base.ensure(ctx, names); err != nil {
		return nil, err
	}
	list := make([]trials.Trial, len(changes))
	for i, c := range changes {
		list[i] = c.Trial
		list[i].Logits = floats.Bytes(s.head.logits(s.base.cache.known[names[i].name]))
	}
	slices.SortStableFunc(list, func(a, b trials.Trial) int {
		return cmp.Or(a.Unit-b.Unit, cmp.Compare(a.Region, b.Region), cmp.Compare(a.Fill, b.Fill), a.Place-b.Place, cmp.Compare(a.Donor, b.Donor))
	})
	return list, nil
}

// describe tells all that makes one changed photo another than the next.
func describe(b *base, c work.Change) []string {
	if c.Fill == "" {
		return nil
	}
	from := ""
	if c.From.File != "" {
		n := b.nameOf(c.From.File)
		from = fmt.Sprintf("%x", n[:])
	}
	if slices.Contains(properties.Names(), c.Region) {
		return []string{c.Fill, c.Region, from}
	}
	return []string{c.Fill, fmt.Sprint(c.Where), from, fmt.Sprint(c.Source)}
}

func (s *subject) load(of task.Image) work.Image {
	return sync.OnceValues(func() (*imaging.Image, error) { return s.base.image(of.File) })
}

func (s *subject) where(p photo) (explain.Drawn, error) {
	im, err := s.base.image(p.file)
	if err != nil {
		return explain.Drawn{}, err
	}
	return explain.NewDrawn(im.Width, im.Height, p.boxes), nil
}

// Classes, Right, Where and Made make a subject a whatif.Source.
func (s *subject) Classes() []string { return s.base.classes }

func (s *subject) Right(_ context.Context, most int) (map[int][]int64, map[int]int, string, error) {
	list, all := map[int][]int64{}, map[int]int{}
	for c, ids := range s.right {
		all[c] = len(ids)
		list[c] = ids[:min(len(ids), most)]
	}
	return list, all, "", nil
}

func (s *subject) Where(_ context.Context, samples []int64) (map[int64]explain.Drawn, error) {
	list := make(map[int64]explain.Drawn, len(samples))
	for _, id := range samples {
		var err error
		if list[id], err = s.where(s.photos[id-1]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (s *subject) Made(_ context.Context, stage string) (*whatif.Plan, []trials.Trial, error) {
	return s.plans[stage], s.trials[stage], nil
}
