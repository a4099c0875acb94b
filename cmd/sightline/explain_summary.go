package main

import (
	"fmt"
	"io"
	"math"

	"github.com/sightline/sightline/internal/regiontable"
	"github.com/sightline/sightline/stats"
	"github.com/sightline/sightline/trust"
)

// mapSummary is what the maps of one method and target say together.
type mapSummary struct {
	Method  string            `json:"method"`
	Target  string            `json:"target"`
	Maps    int               `json:"maps"`
	Verdict map[string]int    `json:"verdicts,omitempty"` // how many are green, amber and red, where they were judged
	Regions []regionSummary   `json:"regions"`
	samples map[int64]verdict // of the maps
}

type verdict struct {
	colour trust.Verdict
	judged bool
}

// regionSummary is the mean share of positive attribution on a region, over the
// maps that are not red. It is an interval of confidence 95 %.
type regionSummary struct {
	Region string         `json:"region"`
	Share  stats.Estimate `json:"share"`
	Area   float64        `json:"area"` // mean, of the same maps: what a map without opinion has
}

// summarise puts together what the maps of each method and target say, in the order
// in which they come.
func summarise(rows []regiontable.Row) []*mapSummary {
	var list []*mapSummary
	shares, areas := map[string][]stats.Sample{}, map[string][]stats.Sample{}
	for _, r := range rows {
		s := summaryOf(&list, r)
		v := verdictOf(r)
		s.samples[r.Sample] = v
		key := r.Method + "\x00" + r.Target + "\x00" + r.Region
		if shares[key] == nil {
			s.Regions = append(s.Regions, regionSummary{Region: r.Region})
		}
		shares[key] = append(shares[key], stats.Sample{Value: r.Share, LeftOut: v.colour == trust.Red})
		areas[key] = append(areas[key], stats.Sample{Value: r.Area, LeftOut: v.colour == trust.Red})
	}
	for _, s := range list {
		s.count()
		for i := range s.Regions {
			key := s.Method + "\x00" + s.Target + "\x00" + s.Regions[i].Region
			s.Regions[i].Share, s.Regions[i].Area = stats.ShareMean(shares[key]), stats.Mean(areas[key]).Mean
		}
	}
	return list
}

func summaryOf(list *[]*mapSummary, r regiontable.Row) *mapSummary {
	for _, s := range *list {
		if s.Method == r.Method && s.Target == r.Target {
			return s
		}
	}
	s := &mapSummary{Method: r.Method, Target: r.Target, samples: map[int64]verdict{}}
	*list = append(*list, s)
	return s
}

// verdictOf is that of a row's map; a degenerate one is red without being judged.
func verdictOf(r regiontable.Row) verdict {
	if r.Verdict == "" && r.Degenerate != "" {
		return verdict{colour: trust.Red}
	}
	return verdict{trust.Verdict(r.Verdict), r.Verdict != ""}
}

func (s *mapSummary) count() {
	s.Maps = len(s.samples)
	for _, v := range s.samples {
		if v.judged || v.colour == trust.Red {
			if s.Verdict == nil {
				s.Verdict = map[string]int{}
			}
			s.Verdict[string(v.colour)]++
		}
	}
}

// printSummary writes, per method and target, the share of positive attribution on
// each region.
func printSummary(w io.Writer, list []*mapSummary) {
	for _, s := range list {
		fmt.Fprintf(w, "\n%s, %s: %s%s\n", s.Method, s.Target, plural(s.Maps, "map"), verdictText(s.Verdict))
		if s.Verdict["red"] == s.Maps {
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
