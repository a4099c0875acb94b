package methods

import (
	"context"
	"errors"
	"strings"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/cam"
	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/imaging"
)

// Unfit tells which methods cannot make a map of a model with their default options, whatever
// the image, and why, by their names. It makes the graphs that methods run, and runs none of
// them. An error is one of ctx.
func Unfit(ctx context.Context, s attribution.Scorer) (map[string]string, error) {
	unfit := map[string]string{}
	trial := tried(ctx, s)
	for _, m := range All() {
		if family := m.Card().Family; family == "auto" || family == "perturbation" {
			continue // they ask for scores alone
		}
		err := fits(ctx, m, trial)
		if d, ok := s.(attribution.Differentiable); ok && err == nil && m.Name() == (cam.HiResCAM{}).Name() {
			err = cam.Cancels(ctx, d, "")
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if attribution.Unfit(err) {
			unfit[m.Name()] = strings.TrimPrefix(err.Error(), m.Name()+": ")
		}
	}
	return unfit, nil
}

// errRan says that a method has come to run a graph, which it could make.
var errRan = errors.New("nothing is run on trial")

// fits is nil if a method comes to run the model.
func fits(ctx context.Context, m attribution.Method, s attribution.Scorer) error {
	_, height, width, _ := s.Shape()
	r := attribution.Request{Input: make([]float32, s.InputLen()), Truth: attribution.NoTruth, Batch: 1}
	r.Geometry = imaging.Geometry{InputWidth: width, InputHeight: height, DisplayWidth: width, DisplayHeight: height, Matrix: [6]float64{1, 0, 0, 0, 1, 0}}
	r.Baselines = [][]float32{make([]float32, s.InputLen())}
	_, errs := m.ExplainBatch(ctx, s, []attribution.Request{r}, []attribution.Target{{}}, nil)
	if errors.Is(errs[0], errRan) {
		return nil
	}
	return errs[0]
}

// tried is a model that is not run. What a CAM finds by running the model's head is found before.
func tried(ctx context.Context, s attribution.Scorer) attribution.Scorer {
	d, ok := s.(attribution.Differentiable)
	if !ok {
		return s
	}
	_, _ = cam.FindLayer(ctx, d, "") // an error comes again on trial
	return &onTrial{d, map[string]error{}}
}

// onTrial makes every program once and runs none.
type onTrial struct {
	attribution.Differentiable
	made map[string]error // by name of the program
}

func (*onTrial) Score(context.Context, []float32, int) ([]float32, error) { return nil, errRan }

func (t *onTrial) Program(name string, recipe func(*autodiff.Graph) (*autodiff.Recipe, error)) (autodiff.Program, error) {
	err, known := t.made[name]
	if !known {
		var g *autodiff.Graph
		if g, err = t.Graph(); err == nil {
			_, err = recipe(g)
		}
		t.made[name] = err
	}
	return notRun{}, err
}

type notRun struct{}

func (notRun) Run(context.Context, int, ...[]float32) ([][]float32, error) { return nil, errRan }
