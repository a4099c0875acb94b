package saliency

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/stats"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/tasks/whatif"
	"github.com/sightline/sightline/trials"
)

// mostHidden is of how many images the parts are compared at most.
const mostHidden = 50

func (b *Resources) hidingRoutes(a huma.API) {
	route.JSON(a, "GET /api/evaluations/{id}/hiding", "get-hiding-agreements", "Which methods' maps rank the parts of an image as hiding them does", b.hiding)
}

// hiding compares stored maps with the trials that look for candidates: those hide every cell of the
// grid, one by one, in images that are classified right.
func (b *Resources) hiding(ctx context.Context, in *route.EvaluationPath) (api.HidingAgreements, error) {
	out := api.HidingAgreements{Methods: []api.HidingAgreement{}}
	e, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return out, err
	}
	made, err := b.store.Trials.Cells(ctx, e.ID, whatif.Screen, mostHidden)
	if err != nil {
		return out, err
	}
	hidden := hiddenImages(made)
	out.Images = len(hidden)
	revision, err := explain.Revision(ctx, b.store, e.Dataset)
	if err != nil {
		return out, err
	}
	kinds, err := b.store.Maps.Kinds(ctx, e.ID)
	if err != nil {
		return out, err
	}
	for _, k := range kinds {
		if k.Target != "predicted" && k.Target != "contrast" {
			continue
		}
		m, err := methods.All().Lookup(k.Method)
		if err != nil {
			continue // of a version that had another method
		}
		found, err := b.withHiding(ctx, e.ID, k, revision, hidden)
		if err != nil {
			return out, err
		}
		out.Methods = append(out.Methods, api.HidingAgreement{Method: k.Method, Target: k.Target, Correlation: wire.Estimate(found), Hides: m.Card().Family == "perturbation"})
	}
	slices.SortStableFunc(out.Methods, func(x, y api.HidingAgreement) int {
		return cmp.Or(cmp.Compare(min(1, y.Correlation.N), min(1, x.Correlation.N)), cmp.Compare(y.Correlation.Mean, x.Correlation.Mean))
	})
	return out, nil
}

// withHiding is the mean rank correlation of maps of one kind with hiding.
func (b *Resources) withHiding(ctx context.Context, evaluation string, k maps.Kind, revision int, hidden []hiddenImage) (stats.Estimate, error) {
	shares, err := b.store.Maps.CellShares(ctx, evaluation, k.Key, revision, wire.List(hidden, func(h hiddenImage) int64 { return h.sample }))
	if err != nil {
		return stats.Estimate{}, err
	}
	var found []stats.Sample
	for _, h := range hidden {
		if of := shares[h.sample]; len(of) > 0 {
			found = append(found, stats.Sample{Value: h.correlation(of, k.Target == "contrast")})
		}
	}
	return stats.Mean(found), nil
}

// hiddenImage is an image of which every cell was hidden.
type hiddenImage struct {
	sample int64
	class  int
	before []float32            // the logits of the whole image
	after  map[string][]float32 // with a cell hidden, by its name
}

// hiddenImages puts trials together; an image that lacks one, or that the model got wrong, is left out.
func hiddenImages(made []trials.Trial) (list []hiddenImage) {
	for _, t := range made {
		if t.Region == "" {
			list = append(list, hiddenImage{t.Sample, t.Class, t.Scores(), map[string][]float32{}})
		} else if n := len(list); n > 0 && list[n-1].sample == t.Sample {
			list[n-1].after[t.Region] = t.Scores()
		}
	}
	return slices.DeleteFunc(list, func(h hiddenImage) bool {
		return len(h.after) != len(gridCells) || h.class >= len(h.before) || runnerUp(h.before, h.class) < 0
	})
}

// gridCells are the names of the cells of the 3×3 grid.
var gridCells = func() (names []string) {
	for _, r := range regions.Builtin(3, 3) {
		var row, column int
		if n, _ := fmt.Sscanf(r.Name, "grid %d,%d", &row, &column); n == 2 {
			names = append(names, r.Name)
		}
	}
	return names
}()

// runnerUp is the class with the largest logit after the winner; -1 where class is not the winner, or
// the only one.
func runnerUp(logits []float32, class int) int {
	second := -1
	for i, v := range logits {
		if i != class && (second < 0 || v > logits[second]) {
			second = i
		}
	}
	if second >= 0 && logits[second] > logits[class] {
		return -1
	}
	return second
}

// correlation is the rank correlation of a map's shares with what hiding takes from the target.
func (h hiddenImage) correlation(shares map[string]float64, contrast bool) float64 {
	target := func(logits []float32) float32 {
		if contrast {
			return logits[h.class] - logits[runnerUp(h.before, h.class)]
		}
		return logits[h.class]
	}
	var said, lost []float32
	for _, cell := range gridCells {
		said = append(said, float32(shares[cell]))
		lost = append(lost, target(h.before)-target(h.after[cell]))
	}
	return metrics.Spearman(said, lost)
}
