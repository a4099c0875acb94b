package work

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/workspace"
)

// Shared makes maps of the runs in which a model predicts: their methods need a layer's values
// and no run of their own (attribution.FromPass). It is safe for concurrent use.
type Shared struct {
	*classifier.Forward // the runs
	// Apart says why some of the maps that were asked for must be made in runs of their own.
	Apart []string

	model    *classifier.Classifier
	requests []explain.MapOptions
	groups   []sharedGroup
}

// sharedGroup is a group with where its method's tensors are in a pass.
type sharedGroup struct {
	group
	method  attribution.FromPass
	base    attribution.Request
	tensors []int
}

// sharedKey is the note under which a model's Shared is kept, by the keys of the maps.
type sharedKey string

// sharedNote holds it once it is there.
type sharedNote struct {
	mu   sync.Mutex
	made *Shared
}

// Share opens what makes maps of a model's own runs. Maps that differ from those of runs of
// their own are left apart, so are those of methods that need more; its Forward is nil where
// none is left. It is opened once for a model and the same maps. An error is one of ctx.
func Share(ctx context.Context, model *classifier.Classifier, requests []explain.MapOptions) (*Shared, error) {
	g, err := model.Graph()
	if err != nil {
		return &Shared{Apart: []string{err.Error()}}, nil
	}
	var keys []string
	for _, o := range requests {
		keys = append(keys, o.Key())
	}
	found, _ := g.Notes.LoadOrStore(sharedKey(strings.Join(keys, " ")), &sharedNote{})
	note := found.(*sharedNote)
	note.mu.Lock()
	defer note.mu.Unlock()
	if note.made == nil {
		made := share(ctx, model, requests)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		note.made = made
	}
	return note.made, nil
}

func share(ctx context.Context, model *classifier.Classifier, requests []explain.MapOptions) *Shared {
	s := &Shared{model: model, requests: requests}
	groups, err := grouped(requests)
	if err != nil {
		s.leave("", err)
		return s
	}
	var tensors []string
	for _, g := range groups {
		if tensors, err = s.add(ctx, g, tensors); err != nil {
			s.leave(g.Method, err)
		}
	}
	if len(s.groups) == 0 {
		return s
	}
	if err := s.open(ctx, tensors); err != nil {
		s.groups = nil
		s.leave("", err)
	}
	if len(s.groups) == 0 && s.Forward != nil {
		s.Forward.Close()
		s.Forward = nil
	}
	return s
}

// open opens the runs, and keeps the groups whose maps of the model's trials are those of runs
// of their own. Both ways are opened side by side: nothing else is under way yet.
func (s *Shared) open(ctx context.Context, tensors []string) error {
	inputs, err := s.model.Trials(trials)
	if err != nil {
		return err
	}
	var result *classifier.Result
	both, during := errgroup.WithContext(ctx)
	both.Go(func() (err error) {
		if s.Forward, err = s.model.Forward(during, tensors); err == nil {
			result, err = s.Run(during, inputs, trials)
		}
		return err
	})
	own, errs := make([][][]*attribution.Map, len(s.groups)), make([][]error, len(s.groups))
	both.Go(func() error {
		for i, g := range s.groups {
			own[i], errs[i] = g.method.ExplainBatch(during, s.model, s.tried(g, inputs), predicted, nil)
		}
		return during.Err()
	})
	if err := both.Wait(); err != nil {
		return err
	}
	var kept []sharedGroup
	for i, g := range s.groups {
		if err := s.prove(ctx, g, s.tried(g, inputs), result, own[i], errs[i]); err != nil {
			s.leave(g.Method, err)
			continue
		}
		kept = append(kept, g)
	}
	s.groups = kept
	return nil
}

// leave notes why the maps of a method, or all, are made in runs of their own; methods with
// the same reason are told together.
func (s *Shared) leave(method string, err error) {
	reason := strings.TrimPrefix(err.Error(), method+": ")
	at := slices.IndexFunc(s.Apart, func(told string) bool { return strings.HasSuffix(told, ": "+reason) })
	switch {
	case method == "":
		s.Apart = append(s.Apart, reason)
	case at < 0:
		s.Apart = append(s.Apart, method+": "+reason)
	default:
		s.Apart[at] = strings.TrimSuffix(s.Apart[at], ": "+reason) + ", " + method + ": " + reason
	}
}

// add takes a group among those that share, and its tensors among those of the pass.
func (s *Shared) add(ctx context.Context, g group, tensors []string) ([]string, error) {
	method, base, err := g.Configure(&s.model.Spec().Preprocessing)
	if err != nil {
		return tensors, err
	}
	from, ok := method.(attribution.FromPass)
	if !ok {
		return tensors, errors.New("it needs runs of its own")
	}
	reads, err := from.Reads(ctx, s.model)
	if err != nil {
		return tensors, err
	}
	part := sharedGroup{group: g, method: from, base: base}
	for _, name := range reads {
		at := slices.Index(tensors, name)
		if at < 0 {
			at, tensors = len(tensors), append(tensors, name)
		}
		part.tensors = append(part.tensors, at)
	}
	s.groups = append(s.groups, part)
	return tensors, nil
}

// trials is how many generated images prove that maps are those of runs of their own.
const trials = 2

// predicted is the target of trials.
var predicted = []attribution.Target{{}}

// tried are a group's requests for maps of the trials.
func (s *Shared) tried(g sharedGroup, inputs []float32) []attribution.Request {
	requests, size := make([]attribution.Request, trials), s.model.InputLen()
	for i := range requests {
		requests[i] = s.request(g, inputs[i*size:(i+1)*size], imaging.Geometry{}, attribution.NoTruth)
	}
	return requests
}

// prove compares the group's maps of the trials with those that the method made in runs of its
// own, or why it did not: they must be the same. (Maps of a batch may still differ by the
// rounding of a product of matrices with another number of rows.)
func (s *Shared) prove(ctx context.Context, g sharedGroup, requests []attribution.Request, result *classifier.Result, own [][]*attribution.Map, errs []error) error {
	shared, again := g.method.ExplainPass(ctx, s.model, requests, predicted, g.pass(result))
	for i := range requests {
		switch {
		case errs[i] != nil:
			return errs[i]
		case again[i] != nil:
			return again[i]
		case !slices.Equal(own[i][0].Values, shared[i][0].Values):
			return errors.New("the layer is rounded differently in the graph that gradients are made of")
		}
	}
	return nil
}

func (s *Shared) request(g sharedGroup, input []float32, geometry imaging.Geometry, truth int) attribution.Request {
	q := g.base
	q.Input, q.Geometry, q.Truth = input, geometry, truth
	return q
}

// pass is what the group's method reads of a run.
func (g sharedGroup) pass(r *classifier.Result) attribution.Pass {
	p := attribution.Pass{Scores: r.Logits}
	for _, at := range g.tensors {
		p.Tensors = append(p.Tensors, r.Tensors[at])
	}
	return p
}

// Seen is a sample that a run was made of, in its slot of the run.
type Seen struct {
	explain.Item
	Input    []float32
	Geometry imaging.Geometry
}

// Maps makes the maps of the samples of a run, one per slot; nil is a slot without one. Maps
// that cannot be made are left out: whoever asks for them alone is told why. An error is one of
// ctx. revision is that of the samples' regions.
func (s *Shared) Maps(ctx context.Context, slots []*Seen, r *classifier.Result, revision int) ([][]workspace.Packed, error) {
	made := make([][]workspace.Packed, len(slots))
	for _, g := range s.groups {
		requests := make([]attribution.Request, len(slots))
		for i, slot := range slots {
			if slot == nil { // run all the same, so that every sample always meets the same arithmetic
				requests[i] = s.request(g, make([]float32, s.model.InputLen()), imaging.Geometry{}, attribution.NoTruth)
				continue
			}
			requests[i] = s.request(g, slot.Input, slot.Geometry, slot.Truth)
		}
		// One target after the other: one that a sample does not have costs it that map only.
		for k, target := range g.targets {
			found, errs := g.method.ExplainPass(ctx, s.model, requests, []attribution.Target{target}, g.pass(r))
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			for i, slot := range slots {
				if slot == nil || errs[i] != nil {
					continue
				}
				m := sendable(found[i][0])
				beside := maps.Beside{}
				if shares, err := slot.Where.Shares(m); err == nil { // else whoever asks for them is told why
					beside.Shares = &maps.StoredShares{Revision: revision, Shares: shares}
				}
				made[i] = append(made[i], packed(s.requests[g.requests[k]], slot.ID, m, beside))
			}
		}
	}
	return made, nil
}
