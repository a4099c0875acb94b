package saliency

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/trust"
	"github.com/sightline/sightline/workspace"
)

// drawnPage is maps of many samples on their way into files.
type drawnPage struct {
	*Resources
	evaluation *results.Evaluation
	request    api.DrawnRequest
	list       []*drawnMap
}

// drawnMap is one of them.
type drawnMap struct {
	sample int64
	asked  explain.MapOptions
	file   *catalog.File // nil where there is no such sample
	stored *maps.Located // nil where it is not stored
	err    error         // why it cannot be had

	verdict string        // "" where it was not assessed
	trust   *api.MapTrust // where that is asked for
	foundMap
}

// drawnPage looks up, for all maps at once, what is known of them.
func (b *Resources) drawnPage(ctx context.Context, in *drawnOfMany, requests []explain.MapOptions) (*drawnPage, error) {
	e, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return nil, err
	}
	p := &drawnPage{Resources: b, evaluation: e, request: in.Body}
	files, err := b.filesOf(ctx, e.Dataset, in.Body.Samples)
	if err != nil {
		return nil, err
	}
	var ids []maps.MapID
	for _, sample := range in.Body.Samples {
		for _, o := range requests {
			m := &drawnMap{sample: sample, asked: o, file: files[sample]}
			if m.file == nil {
				m.err = route.NotFound(fmt.Errorf("sample %d is not in the dataset of %s: list its samples again", sample, e.ID))
			}
			p.list, ids = append(p.list, m), append(ids, m.id())
		}
	}
	return p, p.lookUp(ctx, ids)
}

func (m *drawnMap) id() maps.MapID { return maps.MapID{Sample: m.sample, Key: m.asked.Key()} }

// filesOf are the images of those of the samples that a dataset has.
func (b *Resources) filesOf(ctx context.Context, dataset string, ids []int64) (map[int64]*catalog.File, error) {
	list, err := b.store.Catalog.SamplesByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	files := make(map[int64]*catalog.File, len(list))
	for _, s := range list {
		if s.Dataset == dataset {
			f := s.Image()
			files[s.ID] = &f
		}
	}
	return files, nil
}

// lookUp finds where the maps lie, and the trust in them.
func (p *drawnPage) lookUp(ctx context.Context, ids []maps.MapID) error {
	located, err := p.store.Maps.Locate(ctx, p.evaluation.ID, ids)
	if err != nil {
		return err
	}
	trusts, err := p.store.Maps.Trusts(ctx, p.evaluation.ID, ids)
	if err != nil {
		return err
	}
	where := make(map[maps.MapID]*maps.Located, len(located))
	for i := range located {
		where[located[i].MapID] = &located[i]
	}
	for i, m := range p.list {
		m.stored = where[ids[i]]
		known := trusts[ids[i]]
		if known != nil {
			m.verdict = known.Verdict
		}
		if p.request.Trust && m.err == nil {
			m.trust, m.err = shortTrust(known)
		}
	}
	return nil
}

// shortTrust is what is stored of the trust in a map, as it is sent with the map.
func shortTrust(known *maps.StoredTrust) (*api.MapTrust, error) {
	if known == nil {
		return nil, notAssessed()
	}
	var whole struct{ Reason string }
	if err := json.Unmarshal(known.Content, &whole); err != nil {
		return nil, fmt.Errorf("read the trust in a map: %w", err)
	}
	return &api.MapTrust{Verdict: known.Verdict, Reason: whole.Reason, Insertion: known.Insertion, Deletion: known.Deletion}, nil
}

// What one portion has at most: bytes of values, unless one map has more, and maps, so that
// the worker's answers never wait for one another.
const (
	mostHeld     = 4 << 20
	mostTogether = 128
)

// portions cuts the page into pieces that are held, and drawn, at once.
func (p *drawnPage) portions() (list [][]*drawnMap) {
	first, pixels, held := 0, 0, int64(0)
	for i, m := range p.list {
		size, bytes := 0, int64(0)
		if m.file != nil && !p.request.Plain {
			size = m.file.Width * m.file.Height
		}
		if m.stored != nil {
			bytes = m.stored.Bytes
		}
		if i > first && (i-first == mostTogether || pixels+size > explain.MostDrawn || held+bytes > mostHeld) {
			list = append(list, p.list[first:i])
			first, pixels, held = i, 0, 0
		}
		pixels, held = pixels+size, held+bytes
	}
	return append(list, p.list[first:])
}

// complete reads the maps of a portion, has those made that are not stored, and draws them.
func (p *drawnPage) complete(ctx context.Context, portion []*drawnMap) {
	for _, m := range portion {
		if m.err == nil {
			m.err = p.fetch(ctx, m)
		}
	}
	if !p.request.Plain {
		p.draw(ctx, portion)
	}
}

func (p *drawnPage) fetch(ctx context.Context, m *drawnMap) (err error) {
	if m.stored != nil {
		stored, err := p.store.Maps.Read(ctx, *m.stored)
		if err == nil {
			made, err := explain.MapFrom(stored.Meta, stored.Data)
			if err != nil {
				return err
			}
			m.foundMap = found(made, m.asked, p.evaluation.Classes)
			if m.header.Verdict = m.verdict; m.verdict == "" && m.header.Degenerate != "" {
				m.header.Verdict = string(trust.Red) // without being assessed
			}
			return nil
		}
		if !errors.Is(err, workspace.ErrNotFound) {
			return err
		}
	}
	m.foundMap, err = p.findMap(ctx, route.SamplePath{EvaluationPath: route.EvaluationPath{Evaluation: p.evaluation.ID}, Sample: m.sample}, m.asked, nil)
	return err
}

// draw draws the maps that mean something, those of one sample over an image that is decoded
// once.
func (p *drawnPage) draw(ctx context.Context, portion []*drawnMap) {
	var list []explain.Drawing
	var of [][]*drawnMap // the maps of each
	for _, m := range portion {
		if m.err != nil || m.header.Degenerate != "" {
			continue
		}
		last := len(of) - 1
		if last < 0 || of[last][0].sample != m.sample {
			list, of = append(list, explain.Drawing{Image: *m.file}), append(of, nil)
			last++
		}
		list[last].Maps, of[last] = append(list[last].Maps, m.m), append(of[last], m)
	}
	if len(list) == 0 {
		return
	}
	drawn, err := p.maps.Draw(ctx, p.request.Colours, list)
	for i := range list {
		for k, m := range of[i] {
			switch {
			case err != nil:
				m.err = err
			case drawn[i].PNGs[k] != nil:
				m.foundMap.drawn = drawn[i].PNGs[k]
			default:
				m.err = drawn[i].Err
			}
		}
	}
}

// ahead is how many portions are worked on while one is sent.
const ahead = 2

// inOrder works on the items of a list, a few side by side, and gives each in its turn to
// then, until that returns an error.
func inOrder[T any](ctx context.Context, list []T, work func(context.Context, T), then func(T) error) error {
	var all sync.WaitGroup
	defer all.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make([]chan struct{}, len(list))
	begin := func(i int) {
		if i >= len(list) {
			return
		}
		done[i] = make(chan struct{})
		all.Go(func() {
			defer close(done[i])
			work(ctx, list[i])
		})
	}
	for i := range ahead {
		begin(i)
	}
	for i, item := range list {
		<-done[i]
		begin(i + ahead)
		if err := then(item); err != nil {
			return err
		}
	}
	return nil
}
