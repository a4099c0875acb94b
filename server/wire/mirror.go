package wire

import (
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/stats"
	"github.com/sightline/sightline/trust"
)

// What a map's trust and a check by random weights are, packages of ours say with types
// of their own, which also are how they are stored. Package api mirrors them, since it
// and its clients depend on nothing: a test holds both to the same fields. A model's
// description needs no conversion: it is stored as JSON, and read as an api.Model.

// Trust is the trust in a map as it travels.
func Trust(t trust.Trust) api.Trust {
	return api.Trust{
		Verdict: string(t.Verdict), Reason: t.Reason, Shares: t.Shares, Map: toCurves(t.Map), Centre: toCurves(t.Centre),
		Controls: mirrored(t.Controls, func(a trust.AUC) api.AUC { return api.AUC(a) }),
		Band:     api.Bands{Inserting: api.Band(t.Band.Inserting), Deleting: api.Band(t.Band.Deleting)},
		Low:      t.Low, High: t.High, Content: api.Content(t.Content), Grid: t.Grid, Forwards: t.Forwards, Seed: t.Seed, Seconds: t.Seconds,
	}
}

func toCurves(c trust.Curves) api.Curves {
	return api.Curves{AUC: api.AUC(c.AUC), Inserting: c.Inserting, Deleting: c.Deleting}
}

// Randomisation is a check by random weights as it travels.
func Randomisation(r trust.Randomisation) api.Randomisation {
	return api.Randomisation{Method: r.Method, Layers: r.Layers, Stages: mirrored(r.Stages, toStage)}
}

func toStage(s trust.Stage) api.Stage {
	return api.Stage{Layers: s.Layers, Signed: Estimate(s.Signed), Absolute: Estimate(s.Absolute), Empty: s.Empty}
}

// Estimate is a mean with its interval as it travels.
func Estimate(e stats.Estimate) api.Estimate {
	return api.Estimate{Mean: e.Mean, Low: e.Low, High: e.High, Known: e.Known, N: e.N, Red: e.LeftOut, Empty: e.Empty}
}

// mirrored is convert that leaves nil what is nil: it travels as it is stored.
func mirrored[A, B any](list []A, f func(A) B) []B {
	if list == nil {
		return nil
	}
	return List(list, f)
}
