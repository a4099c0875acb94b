package demo

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/trust"
)

// judged is the number of pictures whose maps are made and judged, of each model and method.
const judged = 8

// TestBiasIsSeenByEveryGreenMethod: on the same pictures, the biased model has more of its positive attribution on the head
// than the balanced model, by a paired interval that excludes 0, whatever method is asked, as long as its maps are worth
// looking at: at least half of them green, of both models together. The table has the others too.
func TestBiasIsSeenByEveryGreenMethod(t *testing.T) {
	biased, balanced := evaluate(t, "professions-v1", "professions-biased"), evaluate(t, "professions-v2", "professions-biased")
	table := []string{fmt.Sprintf("%-18s %7s %8s  %s", "method", "biased", "balanced", "(green maps)  share on head, biased − balanced: mean, 95 % interval, pairs (red left out)")}
	proven := 0
	for _, m := range attribution.Methods() {
		a, err := biased.shares(m, "head")
		if err != nil {
			table = append(table, fmt.Sprintf("%-18s not possible: %v", m.Name(), err))
			continue
		}
		b, err := balanced.shares(m, "head")
		if err != nil {
			t.Fatal(err)
		}
		d, err := trust.PairedDifference(a, b)
		if err != nil {
			t.Fatal(err)
		}
		ga, gb := green(a), green(b)
		table = append(table, fmt.Sprintf("%-18s %7d %8d  %+.3f, %+.3f to %+.3f, %d (%d)", m.Name(), ga, gb, d.Mean, d.Low, d.High, d.N, d.Red))
		if ga+gb < judged {
			continue
		}
		if proven++; !d.Excludes0() || d.Mean < 0 {
			t.Errorf("%s is green, but the biased model's share on the head does not exceed the balanced one's: %+v", m.Name(), d)
		}
	}
	t.Logf("of %d pictures:\n%s", judged, strings.Join(table, "\n"))
	if proven == 0 {
		t.Error("no method is green")
	}
}

func green(samples []trust.Sample) (n int) {
	for _, s := range samples {
		if s.Verdict == trust.Green {
			n++
		}
	}
	return n
}

// shares are those of the positive attribution that lies on a region, with the maps' verdicts, for pictures evenly taken
// from all. The target is the predicted class.
func (r *run) shares(m attribution.Method, region string) ([]trust.Sample, error) {
	samples := make([]trust.Sample, judged)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range samples {
		group.Go(func() (err error) {
			samples[i], err = r.share(m, r.shots[i*len(r.shots)/judged], region)
			return err
		})
	}
	return samples, group.Wait()
}

func (r *run) share(m attribution.Method, s shot, region string) (trust.Sample, error) {
	ctx := context.Background()
	model := taken{r.model}
	request := attribution.Request{Input: make([]float32, r.model.InputLen()), Truth: s.label, Seed: 1}
	var err error
	if request.Geometry, err = r.model.Preprocess(s.image, request.Input); err != nil {
		return trust.Sample{}, err
	}
	made, err := m.Explain(ctx, model, request, nil)
	if err != nil {
		return trust.Sample{}, err
	}
	found, err := trust.Evaluate(ctx, model, request, made, trust.Options{Seed: 1})
	if err != nil {
		return trust.Sample{}, err
	}
	return trust.Sample{Value: trust.Measure(made, s.regions[region]).Share, Verdict: found.Verdict}, nil
}

// taken is a classifier that methods may take apart.
type taken struct{ *classifier.Classifier }

func (c taken) Program(name string, recipe func(*autodiff.Graph) (*autodiff.Recipe, error)) (autodiff.Program, error) {
	return c.Classifier.Program(name, recipe)
}
