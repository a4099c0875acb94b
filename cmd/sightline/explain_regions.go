package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sightline/sightline/internal/floats"
	"github.com/sightline/sightline/internal/mapwire"
	"github.com/sightline/sightline/internal/regiontable"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/server/api"
)

// regionsOf are the regions a dataset gives a sample, of which those of one name
// are one, and after them the built-in ones.
func regionsOf(d api.SampleDetail) (own, builtin []regions.Named, err error) {
	for _, r := range d.Regions {
		region, err := regions.New(r.Kind, r.Points)
		if err != nil {
			return nil, nil, fmt.Errorf("region %s: %w; correct the regions file and import it again", r.Name, err)
		}
		at := slices.IndexFunc(own, func(n regions.Named) bool { return n.Name == r.Name })
		if at < 0 {
			own = append(own, regions.Named{Name: r.Name})
			at = len(own) - 1
		}
		own[at].Region = append(own[at].Region, region...)
	}
	return own, regions.Builtin(d.Width, d.Height), nil
}

// rows are what a map says of the regions of its sample. Its values end the array npy.
func (w *mapWriter) rows(d api.SampleDetail, sample api.Sample, entry mapEntry, npy []byte) ([]regiontable.Row, error) {
	values := floats.From(npy[len(npy)-4*entry.Width*entry.Height*max(1, entry.Channels):])
	m := mapwire.Map(entry.MapMeta, values).Summed()
	own, builtin, err := regionsOf(d)
	if err != nil {
		return nil, err
	}
	row := regiontable.Row{
		Sample: sample.ID, Path: sample.Path, Split: sample.Split, Label: sample.LabelName, Predicted: predictedName(w.evaluation, sample.Predicted),
		Method: entry.Method, Options: optionText(entry.Options), Target: entry.Target, Explained: entry.TargetName, Minus: entry.MinusName, Score: entry.Score,
		Degenerate: entry.Degenerate, Verdict: entry.Verdict, Insertion: entry.Insertion, Deletion: entry.Deletion, Seed: entry.Seed,
	}
	var list []regiontable.Row
	for i, r := range append(own, builtin...) {
		mass := regions.Measure(m, r.Region)
		row.Region, row.Builtin = r.Name, i >= len(own)
		row.Share, row.Area, row.Ratio, row.Negative, row.Hottest = mass.Share, mass.Area, mass.Ratio, mass.Negative, mass.Hottest
		list = append(list, row)
	}
	return list, nil
}

func predictedName(e api.Evaluation, index int) string {
	if index < 0 || index >= len(e.Classes) {
		return ""
	}
	return e.Classes[index]
}

// optionText writes settings as NAME=VALUE, by name.
func optionText(options map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(options)) {
		parts = append(parts, name+"="+options[name])
	}
	return strings.Join(parts, " ")
}
