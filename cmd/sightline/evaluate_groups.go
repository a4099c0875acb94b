package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/sightline/sightline/server/api"
)

// extras are what evaluate prints besides.
type extras struct {
	figures bool
	by      string   // name of a column
	beside  []string // slices as texts
}

// sides compares slices with the samples of the figures and prints that, or gives nil where none are asked for.
func (s *session) sides(ctx context.Context, e api.Evaluation, of []string) (*api.Sides, error) {
	if len(of) == 0 {
		return nil, nil
	}
	found, err := s.Sides(ctx, e.ID, e.Slice, of)
	if err == nil && !s.call.json {
		printSides(s.call, found)
	}
	return &found, err
}

func printSides(c *call, found api.Sides) {
	t := newTable("slice", "\tlabelled", "\taccuracy", "95 % interval", "less the rest", "interval", "\tF1", "\tlog loss", "\tECE")
	for i, side := range append([]api.Side{found.Whole}, found.Sides...) {
		name := brief(side.Sentence)
		if i == 0 {
			name = "whole: " + name
		}
		figure := map[string]api.Figure{}
		for _, f := range side.Figures {
			figure[f.Name] = f
		}
		accuracy, difference, interval := figure["accuracy"], "–", "–"
		if d := side.Difference; d != nil {
			difference, interval = signed(d.Value), signed(d.Low)+" to "+signed(d.High)
		}
		t.row(name, side.Labelled, rate(accuracy.Value), span(accuracy), difference, interval, rate(figure["f1_macro"].Value), plain(figure["log_loss"].Value), rate(figure["ece"].Value))
	}
	t.write(c.stdout)
	if n := len(found.Sides); n > 1 {
		fmt.Fprintf(c.stdout, "%d slices were compared: the intervals of the differences hold together with 95 %%, each with %s\n", n, percent(found.Level))
	}
}

// signed writes a difference of rates in points.
func signed(v float64) string { return fmt.Sprintf("%+.1f", 100*v) }

func rate(v *float64) string {
	if v == nil {
		return "–"
	}
	return percent(*v)
}

func plain(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.3f", *v)
}

// span is the interval of a rate.
func span(f api.Figure) string {
	if f.Low == nil || f.High == nil {
		return "–"
	}
	return percent(*f.Low) + " to " + percent(*f.High)
}

// checkColumn refuses, before anything is evaluated, a column that the dataset does not have.
func (s *session) checkColumn(ctx context.Context, dataset, name string) error {
	if name == "" {
		return nil
	}
	list, err := s.Columns(ctx, dataset)
	if err != nil {
		return err
	}
	names := make([]string, len(list))
	for i, column := range list {
		if names[i] = column.Name; column.Name == name {
			return nil
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("--by %s: %s has no columns; `sightline import DIR --columns FILE` adds them", name, dataset)
	}
	return fmt.Errorf("--by %s: %s has no column of that name; it has %s", name, dataset, strings.Join(names, ", "))
}

// groups counts the samples of the figures by a column and prints that, or gives nil where no column is asked for.
func (s *session) groups(ctx context.Context, e api.Evaluation, by string) (*api.Groups, error) {
	if by == "" {
		return nil, nil
	}
	found, err := s.GroupBy(ctx, e.ID, e.Slice, by)
	if err == nil && !s.call.json {
		printGroups(s.call, found)
	}
	return &found, err
}

func printGroups(c *call, found api.Groups) {
	t := newTable(brief(found.Column), "\tsamples", "\tlabelled", "\tcorrect", "\taccuracy", "95 % interval")
	for _, g := range found.Groups {
		accuracy, interval := "–", "–"
		if g.Accuracy != nil {
			accuracy = percent(*g.Accuracy)
		}
		if g.Low != nil && g.High != nil {
			interval = percent(*g.Low) + " to " + percent(*g.High)
		}
		t.row(brief(g.Word), g.Samples, g.Labelled, g.Correct, accuracy, interval)
	}
	t.write(c.stdout)
	if found.Left > 0 {
		fmt.Fprintf(c.stdout, "… and %d values of fewer samples\n", found.Left)
	}
	fmt.Fprintf(c.stdout, "--slice 'column(%s)=VALUE' gives the figures of one value\n", found.Column)
}
