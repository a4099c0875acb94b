package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/classifier/probing"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/task"
)

// Kind is the server half: there are no jobs to plan.
func Kind(*task.Server) task.Kind { return task.Kind{Name: Name} }

// Service is the server's door to probing. Safe for concurrent use.
type Service struct {
	*task.Server
	turns turns
}

// NewService makes the door.
func NewService(s *task.Server) *Service { return &Service{Server: s} }

// mostSamples are looked at.
const mostSamples = 200

// Answer is what was found, and on which samples.
type Answer struct {
	Found
	On       string // the splits of the samples: "val", "train", or all there are
	Reported bool   // whether evaluations report figures on them too
}

// Probe has a worker find out how a model's images were prepared, on samples of a dataset
// whose labels are known, and keeps the answer with the evaluation of the two if there is one.
// progress may be nil; it ends the work by returning an error. Errors are *jobs.Coded with
// task.CodeUnfit where there are too few samples.
func (s *Service) Probe(ctx context.Context, dataset, model string, progress func(task.Progress) error) (*Answer, error) {
	release, err := s.turns.take(ctx, results.EvaluationID(dataset, model))
	if err != nil {
		return nil, err
	}
	defer release()
	answer, err := s.measure(ctx, dataset, model, progress)
	if err != nil {
		return nil, err
	}
	return answer, s.keep(ctx, dataset, model, answer)
}

// ProbeOnce is Probe of an evaluation's dataset and model, unless the answer is known already.
func (s *Service) ProbeOnce(ctx context.Context, e *results.Evaluation, progress func(task.Progress) error) (*Answer, error) {
	release, err := s.turns.take(ctx, e.ID)
	if err != nil {
		return nil, err
	}
	defer release()
	if answer, err := s.Known(ctx, e.ID); answer != nil || err != nil {
		return answer, err
	}
	answer, err := s.measure(ctx, e.Dataset, e.Model, progress)
	if err != nil {
		return nil, err
	}
	return answer, s.keep(ctx, e.Dataset, e.Model, answer)
}

func (s *Service) measure(ctx context.Context, dataset, model string, progress func(task.Progress) error) (*Answer, error) {
	request, answer, err := s.request(ctx, dataset, model)
	if err != nil {
		return nil, err
	}
	release, err := s.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	started := time.Now()
	var found *Found
	err = s.Jobs.Call(ctx, Call, task.JSON(request), func(data []byte) error {
		var m task.Measured[Found]
		if err := json.Unmarshal(data, &m); err != nil {
			return fmt.Errorf("read the worker's answer: %w", err)
		}
		if found = m.Result; found != nil || progress == nil {
			return nil
		}
		return progress(task.ProgressSince(started, m.Done, m.Total))
	})
	if err == nil && found == nil {
		err = errors.New("the worker sent no result")
	}
	if err != nil {
		return nil, fmt.Errorf("probe %s on %s: %w", model, dataset, err)
	}
	answer.Found = *found
	return answer, nil
}

// request chooses the samples.
func (s *Service) request(ctx context.Context, dataset, model string) (*Request, *Answer, error) {
	d, err := s.Store.Catalog.Dataset(ctx, dataset)
	if err != nil {
		return nil, nil, err
	}
	m, err := s.Store.Catalog.Model(ctx, model)
	if err != nil {
		return nil, nil, err
	}
	spec, err := classifier.ParseSpec(m.Spec)
	if err != nil {
		return nil, nil, err
	}
	r := &Request{Spec: m.Spec}
	for _, l := range d.Labels {
		r.Labels = append(r.Labels, l.Name)
	}
	usable := usableLabels(spec, r.Labels)
	var samples []catalog.Labelled
	answer := &Answer{}
	for _, g := range groups(d) {
		if samples, err = s.Store.Catalog.LabelledSamples(ctx, dataset, usable, g.splits, mostSamples); err != nil {
			return nil, nil, err
		}
		answer.On, answer.Reported = g.name, g.reported
		if len(samples) >= enoughSamples {
			break
		}
	}
	r.Items, err = s.items(ctx, samples)
	return r, answer, err
}

// usableLabels are those that are a class in one of the orders to try.
func usableLabels(spec *classifier.Spec, labels []string) (usable []string) {
	orders := probing.OrdersOf(spec, labels, labels)
	for i, label := range labels {
		if slices.ContainsFunc(orders, func(o probing.Order) bool { return o.Truth[i] >= 0 }) {
			usable = append(usable, label)
		}
	}
	return usable
}

// enoughSamples of a group of splits do, without looking at others.
const enoughSamples = 60

// group is one or more splits.
type group struct {
	name     string
	splits   []string
	reported bool // whether an evaluation's figures are over it; see results.Headline
}

// groups are the splits to choose samples from, the best first: what is not reported; all
// there is last.
func groups(d *catalog.Dataset) (list []group) {
	known := []string{}
	for _, split := range d.Splits {
		known = append(known, split.Name)
	}
	has := func(split string) bool { return slices.Contains(known, split) }
	if has("val") {
		list = append(list, group{"val", []string{"val"}, !has("test")})
	}
	if has("train") {
		list = append(list, group{"train", []string{"train"}, len(known) == 1 && d.Samples == d.Splits[0].Count})
	}
	slices.SortStableFunc(list, func(a, b group) int { return rank(a.reported) - rank(b.reported) })
	all := "all images"
	if len(known) > 0 {
		all = strings.Join(known, " and ")
	}
	return append(list, group{all, append(known, ""), true})
}

func rank(reported bool) int {
	if reported {
		return 1
	}
	return 0
}

func (s *Service) items(ctx context.Context, samples []catalog.Labelled) ([]Item, error) {
	ids := make([]int64, len(samples))
	for i, l := range samples {
		ids[i] = l.ID
	}
	files, err := s.Store.Catalog.Files(ctx, ids)
	if err != nil {
		return nil, err
	}
	items := make([]Item, len(files))
	for i, f := range files {
		items[i] = Item{Image: task.ImageOf(f), Label: samples[i].Label}
	}
	return items, nil
}
