package whatif

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
)

// CallHand is the name of the call that changes an area of one image by hand: a HandRequest, answered by a HandAnswer.
const CallHand = "hand"

// Hand is a change of one image.
type Hand struct {
	Area  regions.Region // in displayed pixels
	Fill  string         // one of package regions, or FillSwap: the same place of the donor
	Donor int64          // of FillSwap
	Map   explain.MapOptions
}

// HandRequest is what a worker needs for it.
type HandRequest struct {
	explain.Request
	Area   regions.Region `json:"area"`
	Fill   string         `json:"fill"`
	From   *task.Image    `json:"from,omitempty"`
	Source regions.Region `json:"source,omitempty"`
}

// HandAnswer is what the model says of the changed image.
type HandAnswer struct {
	Logits []float32       `json:"logits"`
	Scores []float32       `json:"scores"`
	Image  []byte          `json:"image"` // a JPEG, upright
	Meta   json.RawMessage `json:"meta"`
	Values []byte          `json:"values"`
}

// Changed is an image that was changed by hand, and what the model says of it.
type Changed struct {
	HandAnswer
	Map     *attribution.Map
	Options explain.MapOptions
}

// Change changes an image by hand and has the model predict and explain it. Nothing is stored.
func (p Service) Change(ctx context.Context, evaluation string, sample int64, h Hand) (c Changed, err error) {
	maps := explain.Service{Server: p.Server}
	if c.Options, err = maps.Resolve(ctx, evaluation, h.Map); err != nil {
		return c, err
	}
	r := HandRequest{Area: h.Area, Fill: h.Fill}
	if r.Request, err = maps.SampleRequest(ctx, evaluation, sample, c.Options); err != nil {
		return c, err
	}
	if h.Fill == FillSwap {
		if err := p.donor(ctx, &r, sample, h); err != nil {
			return c, err
		}
	}
	release, err := maps.Acquire(ctx)
	if err != nil {
		return c, err
	}
	defer release()
	data, err := p.Jobs.CallOne(ctx, CallHand, task.JSON(r))
	if err != nil {
		return c, fmt.Errorf("change sample %d by hand: %w", sample, err)
	}
	if err := json.Unmarshal(data, &c.HandAnswer); err != nil {
		return c, fmt.Errorf("read what became of sample %d: %w", sample, err)
	}
	c.Map, err = explain.MapFrom(c.Meta, c.Values)
	return c, err
}

// donor finds the same place of another sample.
func (p Service) donor(ctx context.Context, r *HandRequest, sample int64, h Hand) error {
	list, err := p.Store.Catalog.SamplesByID(ctx, []int64{sample, h.Donor})
	if err != nil {
		return err
	}
	at := map[int64]catalog.Sample{}
	for _, s := range list {
		at[s.ID] = s
	}
	own, other := at[sample], at[h.Donor]
	if other.Dataset != own.Dataset || h.Donor == sample {
		return fmt.Errorf("%w: sample %d is not another one of %s", ErrHand, h.Donor, own.Dataset)
	}
	image := task.ImageOf(other.Image())
	r.From = &image
	w, h1 := own.Displayed()
	ow, oh := other.Displayed()
	for _, polygon := range h.Area {
		var moved regions.Polygon
		for i := 0; i+1 < len(polygon); i += 2 {
			moved = append(moved, polygon[i]*float64(ow)/float64(w), polygon[i+1]*float64(oh)/float64(h1))
		}
		r.Source = append(r.Source, moved)
	}
	return nil
}
