package classifier_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/ort"
)

// scoresProgram is the model itself, as a program.
func scoresProgram(t *testing.T, c *classifier.Classifier, name string, made func()) autodiff.Program {
	t.Helper()
	p, err := c.Program(name, func(g *autodiff.Graph) (*autodiff.Recipe, error) {
		made()
		return &autodiff.Recipe{Model: autodiff.Trunk(g.Model, g.Scores).Model, Inputs: []string{g.Input}, Outputs: []string{g.Scores}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func quickModel(t *testing.T) *classifier.Classifier {
	t.Helper()
	c, err := classifier.Quick(t.Context(), testmodel.Write(t, testmodel.Options{}), classifier.Options{Preprocessing: "plain"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// Beyond the limit the program used longest ago is closed, and made again when it
// is run; the one used last stays however large it is.
func TestKeepPrograms(t *testing.T) {
	c := quickModel(t)
	made := map[string]int{}
	programs := map[string]autodiff.Program{}
	for _, name := range []string{"a", "b"} {
		programs[name] = scoresProgram(t, c, name, func() { made[name]++ })
	}
	run := func(name string) []float32 {
		out, err := programs[name].Run(context.Background(), 1, make([]float32, c.InputLen()))
		if err != nil {
			t.Fatal(err)
		}
		return out[0]
	}
	want := run("a")
	run("b")
	if made["a"] != 1 || made["b"] != 1 {
		t.Errorf("without a limit programs are made once: %v", made)
	}
	c.KeepPrograms(1)
	run("b")
	if made["b"] != 1 {
		t.Errorf("the program used last was closed: %v", made)
	}
	if got := run("a"); !slices.Equal(got, want) || made["a"] != 2 {
		t.Errorf("made again it gives %v, want %v (%v)", got, want, made)
	}
	if run("b"); made["b"] != 2 {
		t.Errorf("b stayed open beside a: %v", made)
	}
	c.KeepPrograms(1 << 30)
	run("a")
	run("b")
	run("a")
	if made["a"] != 3 || made["b"] != 2 {
		t.Errorf("within the limit both stay: %v", made)
	}
}

// Programs that are closed and made again while others run give what they should.
func TestKeepProgramsAtOnce(t *testing.T) {
	c := quickModel(t)
	c.KeepPrograms(1)
	input := make([]float32, c.InputLen())
	want, err := c.Score(context.Background(), input, 1)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for k := range 4 {
		wait.Go(func() {
			for i := range 20 {
				p := scoresProgram(t, c, fmt.Sprint((k+i)%3), func() {})
				out, err := p.Run(context.Background(), 1, input)
				if err != nil {
					t.Error(err)
					return
				}
				if !slices.Equal(out[0], want) {
					t.Errorf("%v, want %v", out[0], want)
				}
			}
		})
	}
	wait.Wait()
	p := scoresProgram(t, c, "0", func() {})
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Run(context.Background(), 1, input); !errors.Is(err, ort.ErrClosed) {
		t.Errorf("a closed model's program answers: %v", err)
	}
}
