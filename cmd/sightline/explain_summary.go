package main

import (
	"context"
	"fmt"
	"io"
	"math"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

// shares asks what maps say of regions; of maps that were stored before that was asked
// of them, or before the regions changed, a job finds it out first.
func (s *session) shares(ctx context.Context, evaluation string, q client.ShareQuery) (api.ShareList, error) {
	list, err := s.Shares(ctx, evaluation, q)
	if err != nil || list.Missing == 0 {
		return list, err
	}
	job, err := s.MeasureShares(ctx, evaluation, q)
	if err != nil {
		return list, err
	}
	if _, err := s.follow(ctx, job); err != nil {
		return list, err
	}
	return s.Shares(ctx, evaluation, q)
}

// printSummary writes, per method and target, the share of positive attribution on
// each region.
func printSummary(w io.Writer, list []api.ShareSummary) {
	for _, s := range list {
		fmt.Fprintf(w, "\n%s, %s: %s%s\n", s.Method, s.Target, plural(s.Maps, "map"), verdictText(s.Verdicts))
		if s.Verdicts["red"] == s.Maps {
			fmt.Fprintln(w, "every map is red: there is nothing to average")
			continue
		}
		t := newTable("region", "\tshare", "95 % interval", "\tarea", "\tshare/area", "\tmaps")
		for _, r := range s.Regions {
			interval := "–"
			if r.Share.Known {
				interval = fmt.Sprintf("%.3f to %.3f", r.Share.Low, r.Share.High)
			}
			ratio := "–"
			if r.Area > 0 && !math.IsNaN(r.Share.Mean) {
				ratio = fmt.Sprintf("%.2f", r.Share.Mean/r.Area)
			}
			t.row(r.Region, fmt.Sprintf("%.3f", r.Share.Mean), interval, fmt.Sprintf("%.3f", r.Area), ratio, r.Share.N)
		}
		t.write(w)
	}
}

// verdictText is, for example, "; 5 green, 2 amber, 1 red; red ones are left out".
func verdictText(counts map[string]int) string {
	if len(counts) == 0 {
		return ""
	}
	text := fmt.Sprintf("; %d green, %d amber, %d red", counts["green"], counts["amber"], counts["red"])
	if counts["red"] > 0 {
		text += " (red ones are left out)"
	}
	return text
}
