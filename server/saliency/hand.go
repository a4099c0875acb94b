package saliency

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/tasks/whatif"
)

// handQuery is a change of one image.
type handQuery struct {
	route.SamplePath
	Body api.HandRequest
}

func (b *Resources) handRoutes(a huma.API) {
	route.JSON(a, "POST /api/evaluations/{id}/samples/{sample}/changed", "change-by-hand", "Hide or swap an area of one image, predict and explain it again; nothing is stored", b.changeByHand)
}

func (b *Resources) changeByHand(ctx context.Context, in *handQuery) (out api.HandChange, err error) {
	ev, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return out, err
	}
	before, err := b.store.Results.Prediction(ctx, ev.ID, in.Sample)
	if err != nil {
		return out, err
	}
	area, share, err := b.handArea(ctx, in)
	if err != nil {
		return out, err
	}
	h := whatif.Hand{Area: area, Fill: in.Body.Fill, Donor: in.Body.Donor,
		Map: explain.MapOptions{Method: cmp.Or(in.Body.Method, explain.Auto), Target: cmp.Or(in.Body.Target, "predicted")}}
	if h.Map, err = h.Map.Normal(); err != nil {
		return out, route.BadRequest(err)
	}
	if err := b.checkTarget(ctx, ev.ID, h.Map.Target); err != nil {
		return out, err
	}
	changed, err := whatif.Service{Server: b.maps.Server}.Change(ctx, ev.ID, in.Sample, h)
	if errors.Is(err, whatif.ErrHand) {
		err = route.BadRequest(err)
	}
	if err != nil {
		return out, err
	}
	out = api.HandChange{Area: share, Image: "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(changed.Image),
		Map: foundMap{header: toHeader(changed.Map, changed.Options, ev.Classes), m: changed.Map}.message(), Scores: handScores(&changed, before)}
	out.Predicted = out.Scores[0].Index
	out.Name, out.Turned = wire.NameAt(ev.Classes, out.Predicted), out.Predicted != before.Predicted
	return out, nil
}

// farOutside is where no image reaches, nor the runs of its mask.
const farOutside = 1e12

// handArea is what is to be changed, and its share of the image.
func (b *Resources) handArea(ctx context.Context, in *handQuery) (area regions.Region, share float64, err error) {
	s, err := b.store.Catalog.Sample(ctx, in.Sample)
	if err != nil {
		return nil, 0, err
	}
	areas := in.Body.Areas
	if in.Body.Region != "" {
		own, err := b.store.Catalog.Regions(ctx, in.Sample)
		if err != nil {
			return nil, 0, err
		}
		found := false
		for _, r := range own {
			if r.Name == in.Body.Region {
				areas, found = append(areas, api.HandArea{Kind: r.Kind, Points: r.Points}), true
			}
		}
		if !found {
			return nil, 0, route.BadRequest(fmt.Errorf("sample %d has no region %q", in.Sample, in.Body.Region))
		}
	}
	for _, a := range areas {
		if slices.ContainsFunc(a.Points, func(p float64) bool { return math.Abs(p) > farOutside }) {
			return nil, 0, route.BadRequest(fmt.Errorf("an area has a coordinate beyond ±%g pixels", float64(farOutside)))
		}
		one, err := regions.New(a.Kind, a.Points)
		if err != nil {
			return nil, 0, route.BadRequest(err)
		}
		area = append(area, one...)
	}
	w, h := s.Displayed()
	area = area.Within(0, 0, float64(w), float64(h))
	if share = area.Area() / float64(w*h); !(share > 0) || math.IsInf(share, 0) {
		return nil, 0, route.BadRequest(errors.New("no area of the image is drawn: send a box, a polygon, a mask, or the name of a region"))
	}
	if len(areas) > 1 { // they may lie on one another
		if met := regions.Covered(regions.Box(0, 0, float64(w), float64(h)), area); met > 0 {
			share = min(share, met)
		}
	}
	return area, min(share, 1), nil
}

// leastLogit stands for the logarithm of a score of 0.
var leastLogit = math.Log(math.SmallestNonzeroFloat32)

// handClasses is how many of the best classes are told.
const handClasses = 5

// handScores are those of the best classes now, of the one before, and of the label.
func handScores(c *whatif.Changed, before *results.Prediction) []api.HandScore {
	was := map[int]results.ClassScore{}
	for _, s := range before.Scores {
		was[s.Index] = s
	}
	var list []api.HandScore
	for i := range c.Logits {
		w := was[i]
		list = append(list, api.HandScore{Index: i, Name: w.Name, Score: float64(c.Scores[i]), Was: float64(w.Score), Logit: float64(c.Logits[i]), Before: math.Max(float64(w.Logit), leastLogit)})
	}
	slices.SortStableFunc(list, func(a, b api.HandScore) int { return cmp.Compare(b.Logit, a.Logit) })
	shown := list[:min(handClasses, len(list))]
	for _, s := range list[len(shown):] {
		if s.Index == before.Predicted || s.Index == before.Truth {
			shown = append(slices.Clip(shown), s)
		}
	}
	return shown
}
