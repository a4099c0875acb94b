package main

import (
	"strings"
	"testing"

	"github.com/sightline/sightline/server/api"
)

// A map that falls short says by how much, and what to set; others say nothing.
func TestShortfall(t *testing.T) {
	for _, c := range []struct {
		m    api.MapMeta
		says []string
	}{
		{api.MapMeta{Method: "lrp", Converged: true, Gap: 0.01}, nil},
		{api.MapMeta{Method: "ig", Steps: 16, Gap: 10, Degenerate: "zero"}, nil},
		{api.MapMeta{Method: "lrp", Gap: 0.56}, []string{"56 % of the score", "shares"}},
		{api.MapMeta{Method: "lrp", Gap: -0.2}, []string{"20 %"}},
		{api.MapMeta{Method: "ig", Steps: 16, Gap: 10}, []string{"1000 %", "16 steps", "--option steps"}},
		{api.MapMeta{Method: "expectedgradients", Steps: 64, Gap: 0.3}, []string{"30 %", "64 samples", "--option samples"}},
		{api.MapMeta{Method: "sobol", Converged: true, Evaluations: 2081, CellError: 0.184, SumError: 0.251}, []string{"2081 evaluations", "18 %", "25 %", "--option designs"}},
		{api.MapMeta{Method: "sobol", Converged: true, CellError: 0.2, Degenerate: "zero"}, nil},
		{api.MapMeta{Method: "rise", Evaluations: 4001, Correlation: 0.912}, []string{"4001 evaluations", "0.912", "--option limit"}},
	} {
		got := shortfall(c.m)
		if c.says == nil && got != "" {
			t.Errorf("%+v: %s", c.m, got)
		}
		for _, part := range c.says {
			if !strings.Contains(got, part) {
				t.Errorf("%+v: %q does not say %q", c.m, got, part)
			}
		}
	}
}
