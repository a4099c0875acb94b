package demo

import (
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/stats"
	"github.com/sightline/sightline/trust"
)

// The study makes and assesses maps of so many images with some of each family of methods, of each model: tens of
// thousands of forward passes. With $SIGHTLINE_STUDY set it takes every method and more images, and makes the table of
// docs/trust-study.md.
const studied = 6

// some of each family stand for the others, except with $SIGHTLINE_STUDY set; TestProfessionsV1LooksAtTheHead has RISE.
var some = []string{"occlusion", "gradcam", "layercam", "eigencam", "gradient", "ig", "lrp", "attention"}

func study() (images int, which []attribution.Method) {
	whole := os.Getenv("SIGHTLINE_STUDY") != ""
	for _, m := range methods.All() { // auto is another of the list, which is there itself
		if m.Name() != "auto" && (whole || slices.Contains(some, m.Name())) {
			which = append(which, m)
		}
	}
	if whole {
		return 2 * studied, which
	}
	return studied, which
}

// TestBiasIsSeenByEveryGreenMethod: on the same images, the biased model has more of its positive attribution on the head
// than the balanced model, by a paired interval that excludes 0, whatever method is asked, as long as its maps can be
// trusted: of each model they beat their own cells permuted by an interval above 0. The table has the others too.
func TestBiasIsSeenByEveryGreenMethod(t *testing.T) {
	thorough.Only(t)
	biased, balanced := evaluate(t, "professions-v1", "professions-biased"), evaluate(t, "professions-v2", "professions-biased")
	table := []string{"| method | gain over permuted, biased | gain, balanced | share on head, biased − balanced | pairs |", "| --- | --- | --- | --- | --- |"}
	images, which := study()
	proven := 0
	for _, m := range which {
		a, err := biased.assess(m, "head", images)
		if err != nil {
			table = append(table, fmt.Sprintf("| %s | not possible: %v | | | |", m.Name(), err))
			continue
		}
		b, err := balanced.assess(m, "head", images)
		if err != nil {
			t.Fatal(err)
		}
		d, err := stats.PairedDifference(a.shares, b.shares)
		if err != nil {
			t.Fatal(err)
		}
		table = append(table, fmt.Sprintf("| %s | %s | %s | %s | %d of %d |", m.Name(), words(a.gain()), words(b.gain()), words(d), d.N, images))
		if a.gain().Low <= 0 || b.gain().Low <= 0 {
			continue
		}
		if proven++; !d.Excludes0() || d.Mean < 0 {
			t.Errorf("%s separates from its controls, but the biased model's share on the head does not exceed the balanced one's: %+v", m.Name(), d)
		}
	}
	t.Logf("of %d images:\n%s", images, strings.Join(table, "\n"))
	if proven < len(which)/2 {
		t.Errorf("only %d methods separate from their controls on both models", proven)
	}
}

func words(e stats.Estimate) string {
	return fmt.Sprintf("%+.3f (%+.3f to %+.3f)", e.Mean, e.Low, e.High)
}

// assessed is how far maps of several images can be trusted, and what they say of a region.
type assessed struct {
	shares []stats.Sample // of the positive attribution
	gains  []stats.Sample // insertion − deletion, less the mean of the map's permuted controls
}

func (a assessed) gain() stats.Estimate { return stats.Mean(a.gains) }

// assess makes and assesses maps of n images evenly taken from all. The target is the predicted class; other images of the
// dataset are the baselines of methods that want some.
func (r *run) assess(m attribution.Method, region string, n int) (assessed, error) {
	a := assessed{make([]stats.Sample, n), make([]stats.Sample, n)}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		group.Go(func() error {
			made, found, err := r.assessOne(m, i*len(r.shots)/n)
			if err != nil {
				return err
			}
			share := regions.Measure(made, r.shots[i*len(r.shots)/n].regions[region]).Share
			a.shares[i] = stats.Sample{Value: share, LeftOut: found.Verdict == trust.Red}
			a.gains[i] = stats.Sample{Value: gain(found)}
			return nil
		})
	}
	return a, group.Wait()
}

// gain is NaN for maps that mean nothing, of which no curve is drawn.
func gain(t *trust.Trust) float64 {
	if len(t.Controls) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, c := range t.Controls {
		sum += c.Difference
	}
	return t.Map.Difference - sum/float64(len(t.Controls))
}

// assessOne makes and assesses the map of one image.
func (r *run) assessOne(m attribution.Method, shot int) (*attribution.Map, *trust.Trust, error) {
	ctx := context.Background()
	model, s := r.model, r.shots[shot]
	request := attribution.Request{Truth: s.label, Seed: 1}
	var err error
	if request.Input, request.Geometry, err = r.prepare(shot); err != nil {
		return nil, nil, err
	}
	for k := range 8 {
		other, _, err := r.prepare((shot + (k+1)*len(r.shots)/9) % len(r.shots))
		if err != nil {
			return nil, nil, err
		}
		request.Baselines = append(request.Baselines, other)
	}
	made, err := attribution.Explain(ctx, m, model, request, nil)
	if err != nil {
		return nil, nil, err
	}
	found, err := trust.Evaluate(ctx, model, request, made, trust.Options{Seed: 1})
	return made, found, err
}

func (r *run) prepare(shot int) ([]float32, imaging.Geometry, error) {
	input := make([]float32, r.model.InputLen())
	geometry, err := r.model.Preprocess(r.shots[shot].image, input)
	return input, geometry, err
}
