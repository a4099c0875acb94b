package main

import (
	"fmt"

	"github.com/sightline/sightline/server/api"
)

// shortfall says by how much a map misses what it is to add up to, or to agree on, or how far chance
// may have moved it, and what to do; "" where there is nothing to say.
func shortfall(m api.MapMeta) string {
	missed := fmt.Sprintf("%.0f %%", 100*max(m.Gap, -m.Gap))
	switch {
	case m.CellError > 0 && m.Degenerate == "":
		return fmt.Sprintf("%d evaluations: the values are uncertain by about %.0f %% of the largest, their sum by %.0f %% (standard errors): set --option designs higher to lessen both",
			m.Evaluations, 100*m.CellError, 100*m.SumError)
	case m.Converged || m.Degenerate != "":
		return ""
	case m.Method == "lrp":
		return fmt.Sprintf("%s of the score does not arrive at the pixels (biases keep it, or change its sign): compare places and shares, not sums", missed)
	case m.Steps > 0:
		option := map[string]string{"ig": "steps", "expectedgradients": "samples"}[m.Method]
		return fmt.Sprintf("the values miss the change of the score that they are to add up to by %s of it, after %d %s: set --option %s higher", missed, m.Steps, option, option)
	}
	return fmt.Sprintf("it was ended by its limit after %d evaluations, where two halves of them correlate %.3f: set --option limit higher", m.Evaluations, m.Correlation)
}
