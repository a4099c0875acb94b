package saliency

import (
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/internal/regiontable"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/tasks/measure"
	"github.com/sightline/sightline/trust"
)

// SharesQuery asks what the stored maps of the samples of a slice say of regions.
type SharesQuery struct {
	route.EvaluationPath
	route.SliceQuery
	route.SortQuery
	Method   []string `query:"method,explode" doc:"How the maps are made, auto unless told: the method of which most maps are stored, or where there are none the one that is chosen for the model; may be repeated. See /api/methods"`
	Target   []string `query:"target,explode" doc:"What they explain: predicted, the default, true, contrast or class:INDEX; may be repeated"`
	Seed     uint64   `query:"seed" doc:"Of methods that sample"`
	Option   []string `query:"option,explode" doc:"NAME=VALUE for all methods that have it, or METHOD.NAME=VALUE; may be repeated"`
	Limit    int      `query:"limit" minimum:"0" doc:"Maps of at most so many samples; 0 means all of the slice"`
	Verdicts bool     `query:"verdicts" default:"true" doc:"Leave red maps out, where trust in them is known"`
}

func (b *Resources) shareRoutes(a huma.API) {
	const address = " /api/evaluations/{id}/shares"
	route.JSON(a, "GET"+address, "list-shares", "What stored maps say of regions: mean shares with intervals", b.shares)
	route.Accepted(a, "POST"+address, "measure-shares", "Find what stored maps say of the regions as they are now, where that is not known", b.measureShares)
	route.Raw(a, "GET"+address+"/table", "download-shares", "What each stored map says of each region, as a Parquet file", "application/vnd.apache.parquet",
		"A row per map and region: sample, path, split, label, predicted, method, options, target, explained, minus, score, region, builtin, share, area, ratio, negative, hottest, degenerate, verdict, insertion, deletion, seed.", b.shareTable)
}

// wanted says which maps are meant.
func (b *Resources) wanted(ctx context.Context, in *SharesQuery) (explain.Selection, []explain.MapOptions, error) {
	s := explain.Selection{Evaluation: in.Evaluation, Sort: results.Sort(in.Sort), Limit: in.Limit}
	var err error
	if s.Slice, err = in.Selected(); err != nil {
		return s, nil, err
	}
	if s.Slice, err = b.resolve(ctx, in.Evaluation, s.Slice); err != nil {
		return s, nil, err
	}
	options, err := settings(in.Option)
	if err != nil {
		return s, nil, err
	}
	requests, err := explain.Requests(orDefault(in.Method, "auto"), orDefault(in.Target, "predicted"), in.Seed, options)
	if err != nil {
		return s, nil, route.BadRequest(err)
	}
	for _, o := range requests {
		if err := b.checkTarget(ctx, in.Evaluation, o.Target); err != nil {
			return s, nil, err
		}
	}
	if requests, err = b.maps.ResolveStored(ctx, in.Evaluation, requests); err != nil || !in.automatic() {
		return s, requests, err
	}
	return s, requests, b.useStored(ctx, in.Evaluation, requests)
}

// automatic reports whether the method is left open, and with it everything that a method has.
func (in *SharesQuery) automatic() bool {
	return in.Seed == 0 && len(in.Option) == 0 && slices.Equal(orDefault(in.Method, explain.Auto), []string{explain.Auto})
}

// useStored puts the method of which most maps of the target are stored in the place of the one that is chosen for
// the model: whoever left the method open reads the maps that were made, also after an image was looked at by another.
func (b *Resources) useStored(ctx context.Context, evaluation string, requests []explain.MapOptions) error {
	for i, o := range requests {
		method, err := b.store.Maps.MostStored(ctx, evaluation, o.Target, o.Method)
		if err != nil {
			return err
		}
		if method != "" && method != o.Method {
			requests[i].Method, requests[i].Reason = method, ""
		}
	}
	return nil
}

func orDefault(list []string, word string) []string {
	if len(list) == 0 {
		return []string{word}
	}
	return list
}

// Measured is what the stored maps that are asked for say of regions, and how many there are of which
// that is not known yet.
func (b *Resources) Measured(ctx context.Context, in *SharesQuery) ([]measure.Map, int, error) {
	s, requests, err := b.wanted(ctx, in)
	if err != nil {
		return nil, 0, err
	}
	return b.measure.Measured(ctx, s, in.Verdicts, requests)
}

func (b *Resources) shares(ctx context.Context, in *SharesQuery) (api.ShareList, error) {
	list, missing, err := b.Measured(ctx, in)
	if err != nil {
		return api.ShareList{}, err
	}
	return api.ShareList{Summaries: summaries(list), Missing: missing}, nil
}

func (b *Resources) measureShares(ctx context.Context, in *SharesQuery) (api.Job, error) {
	s, requests, err := b.wanted(ctx, in)
	if err != nil {
		return api.Job{}, err
	}
	return wire.JobResult(b.measure.Start(ctx, s, requests))
}

// summaries puts together the maps of each method and target, in the order in which
// they come.
func summaries(list []measure.Map) []api.ShareSummary {
	out := []api.ShareSummary{}
	at := map[[2]string]int{}
	var readings [][]regions.Reading
	for _, m := range list {
		group := [2]string{m.Meta.Method, m.Meta.Target}
		i, known := at[group]
		if !known {
			i = len(out)
			at[group] = i
			out, readings = append(out, api.ShareSummary{Method: m.Meta.Method, Target: m.Meta.Target}), append(readings, nil)
		}
		out[i].Maps++
		readings[i] = append(readings[i], regions.Reading{Shares: m.Shares, LeftOut: m.LeftOut()})
		if verdict := m.Verdict; verdict != "" || m.LeftOut() {
			if out[i].Verdicts == nil {
				out[i].Verdicts = map[string]int{}
			}
			if verdict == "" {
				verdict = trust.Red
			}
			out[i].Verdicts[string(verdict)]++
		}
	}
	for i := range out {
		out[i].Regions = wire.List(regions.Summarise(readings[i]), func(s regions.Summary) api.RegionShare {
			return api.RegionShare{Region: s.Region, Builtin: s.Builtin, Share: wire.Estimate(s.Share), Area: s.Area}
		})
	}
	return out
}

// shareTable sends a row per map and region. All shares must be known.
func (b *Resources) shareTable(ctx context.Context, in *SharesQuery) (http.HandlerFunc, error) {
	e, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return nil, err
	}
	of, err := in.Selected()
	if err != nil {
		return nil, err
	}
	list, missing, err := b.Measured(ctx, in)
	if err != nil {
		return nil, err
	}
	if missing > 0 {
		return nil, route.Refused(http.StatusConflict, fmt.Errorf("%d maps have no shares of the regions as they are now: POST to /api/evaluations/%s/shares, which runs no model, and ask again when that job is done", missing, e.ID))
	}
	dir, err := os.MkdirTemp(b.store.Workspace.Path("tmp"), "shares-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "regions.parquet")
	if err := regiontable.Write(ctx, path, tableRows(list, e.Classes, of.Threshold())); err != nil {
		return nil, err
	}
	file, err := os.Open(path) // it can be read although its folder goes
	return func(w http.ResponseWriter, _ *http.Request) {
		defer file.Close()
		w.Header().Set("Content-Type", "application/vnd.apache.parquet")
		w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", e.ID+".regions.parquet"))
		if _, err := io.Copy(w, file); err != nil {
			panic(http.ErrAbortHandler) // the status is sent: a broken connection is all that tells the client
		}
	}, err
}

// tableRows are those of each map, in their order.
func tableRows(list []measure.Map, classes []string, threshold float64) iter.Seq[regiontable.Row] {
	return func(yield func(regiontable.Row) bool) {
		for _, m := range list {
			for row := range mapRows(m, classes, threshold) {
				if !yield(row) {
					return
				}
			}
		}
	}
}

func mapRows(m measure.Map, classes []string, threshold float64) iter.Seq[regiontable.Row] {
	return func(yield func(regiontable.Row) bool) {
		row := regiontable.Row{
			Sample: m.Sample.ID, Path: m.Sample.Path, Split: m.Sample.Split, Label: m.Sample.LabelName, Predicted: wire.NameAt(classes, wire.Sample(m.Sample, threshold).Predicted),
			Method: m.Meta.Method, Options: optionText(m.Options.Options), Target: m.Meta.Target, Explained: wire.NameAt(classes, m.Meta.TargetIndex),
			Minus: wire.NameAt(classes, m.Meta.MinusIndex), Score: m.Meta.Score, Degenerate: m.Meta.Degenerate, Verdict: string(m.Verdict),
			Insertion: m.Insertion, Deletion: m.Deletion, Seed: m.Meta.Seed,
		}
		for _, s := range m.Shares {
			row.Region, row.Builtin, row.Share, row.Area = s.Region, s.Builtin, s.Share, s.Area
			row.Ratio, row.Negative, row.Hottest = s.Ratio, s.Negative, s.Hottest
			if !yield(row) {
				return
			}
		}
	}
}

// optionText writes settings as NAME=VALUE, by name.
func optionText(options map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(options)) {
		parts = append(parts, name+"="+options[name])
	}
	return strings.Join(parts, " ")
}
