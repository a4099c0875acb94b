package assess

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/trust"
	"github.com/sightline/sightline/workspace"
)

// StoredMap is a map of a sample that was made before, with its verdict.
type StoredMap struct {
	Options explain.MapOptions
	Map     *attribution.Map
	Verdict trust.Verdict // "" where it was not assessed
}

// StoredMaps lists a sample's maps of a target, or of all targets for "".
func (p Service) StoredMaps(ctx context.Context, evaluation string, sample int64, target string) ([]StoredMap, error) {
	if _, err := p.maps().SampleRequest(ctx, evaluation, sample, explain.MapOptions{}); err != nil {
		return nil, err
	}
	keys, err := p.Store.Maps.MapKeys(ctx, evaluation, sample)
	if err != nil {
		return nil, err
	}
	var list []StoredMap
	for _, key := range keys {
		o, ok := explain.ParseKey(key)
		if !ok || target != "" && o.Target != target {
			continue
		}
		m, err := p.maps().Stored(ctx, evaluation, sample, o)
		if err != nil {
			return nil, err
		}
		verdict, err := p.Verdict(ctx, evaluation, sample, o, m)
		if err != nil {
			return nil, err
		}
		list = append(list, StoredMap{o, m, verdict})
	}
	return list, nil
}

// Verdict is that of a stored map, "" where it was not assessed; a degenerate one is red
// without being assessed.
func (p Service) Verdict(ctx context.Context, evaluation string, sample int64, o explain.MapOptions, m *attribution.Map) (trust.Verdict, error) {
	s, err := p.Store.Maps.Trust(ctx, evaluation, sample, o.Key())
	switch {
	case err == nil:
		return trust.Verdict(s.Verdict), nil
	case !errors.Is(err, workspace.ErrNotFound):
		return "", err
	case m.Degenerate != "":
		return trust.Red, nil
	}
	return "", nil
}

// Agreement returns a sample's stored maps of a target, degenerate ones aside, and
// the rank correlation of every two: a symmetric matrix. Nothing is computed but
// that. Maps that agree may all be wrong: no verdict depends on it.
func (p Service) Agreement(ctx context.Context, evaluation string, sample int64, target string) ([]StoredMap, [][]float64, error) {
	parsed, err := attribution.ParseTarget(target)
	if err != nil {
		return nil, nil, err
	}
	list, err := p.StoredMaps(ctx, evaluation, sample, parsed.String())
	if err != nil {
		return nil, nil, err
	}
	var meaningful []StoredMap
	var maps []*attribution.Map
	for _, s := range list {
		if s.Map.Degenerate == "" {
			meaningful, maps = append(meaningful, s), append(maps, s.Map.Summed())
		}
	}
	correlations, err := trust.Agreements(maps)
	if err != nil {
		return nil, nil, fmt.Errorf("compare the maps of sample %d: %w", sample, err)
	}
	for _, row := range correlations {
		for i, r := range row {
			if math.IsNaN(r) { // a map that is flat once it is averaged over the other's cells
				row[i] = 0
			}
		}
	}
	return meaningful, correlations, nil
}
