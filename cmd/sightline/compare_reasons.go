package main

import (
	"context"
	"fmt"
	"io"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

// reasons counts what is right for another reason, by the maps that a comparison is of. Without a
// twin it first finds how far maps of both evaluations move by chance.
func (s *session) reasons(ctx context.Context, found api.Comparison, twin string, q client.ShareQuery) ([]api.Reasons, error) {
	list := []api.Reasons{}
	for _, m := range found.Maps {
		q.Methods, q.Targets = []string{m.Method}, []string{m.Target}
		if twin == "" {
			if err := s.measureChance(ctx, q, found.Before, found.Evaluation); err != nil {
				return nil, err
			}
		} else if _, err := s.shares(ctx, twin, client.ShareQuery{Methods: q.Methods, Targets: q.Targets, Trust: true}); err != nil {
			return nil, err
		}
		r, err := s.Reasons(ctx, found.Evaluation, found.Before, twin, q)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

func (s *session) measureChance(ctx context.Context, q client.ShareQuery, evaluations ...string) error {
	for _, evaluation := range evaluations {
		job, err := s.MeasureChance(ctx, evaluation, q)
		if err != nil {
			return err
		}
		if job == nil {
			continue
		}
		if _, err := s.follow(ctx, *job); err != nil {
			return err
		}
	}
	return nil
}

func printReasons(w io.Writer, r api.Reasons) {
	fmt.Fprintf(w, "\nright for another reason: %s, %s; ", r.Method, r.Target)
	if r.Measure == "regions" {
		fmt.Fprintln(w, "measured by the largest change of a region's share")
	} else {
		fmt.Fprintln(w, "measured by the share that moves on a grid of 3×3")
	}
	if !r.Known {
		fmt.Fprintf(w, "  %s: %d differences by chance are too few to count by; make more maps of images that are right\n", chanceOf(r), r.NullN)
		return
	}
	fmt.Fprintf(w, "chance, by %s: 95 %% of %d differences are at most %.3f; counted is what is above that and 0.2\n", chanceOf(r), r.NullN, r.Point)
	if r.Lacking > 0 {
		fmt.Fprintf(w, "%s right in both without a map in both: left out\n", plural(r.Lacking, "image"))
	}
	t := newTable("images", "\tboth right", "\tanother reason", "\tby chance", "\texcess", "95 % interval")
	for _, k := range append([]api.ReasonCount{r.All}, r.Classes...) {
		t.row(brief(k.Name), k.N, k.Count, fmt.Sprintf("%.1f", k.Expected), percent(k.Excess.Mean), pointsInterval(k.Excess))
	}
	t.write(w)
	fmt.Fprintf(w, "--slice '%s' selects them\n", r.All.Slice)
}

// chanceOf says what chance is measured by.
func chanceOf(r api.Reasons) string {
	if r.Null == "twin" {
		return fmt.Sprintf("%s, a twin of %s", r.Twin, r.TwinOf)
	}
	return "images that are shifted, brighter, darker or noisy"
}
