package main

import (
	"context"
	"fmt"

	"github.com/sightline/sightline/server/api"
)

// extras are what evaluate prints besides.
type extras struct {
	figures bool
	by      string // name of a column
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
