package autodiff_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
)

// A problem is a small graph that reads float32 inputs x0, x1, … and writes y.
type problem struct {
	inputs    [][]int64
	constants []*onnx.Tensor
	nodes     []*onnx.Node
	low, high float64 // range of the inputs' values; both 0 means −2 to 2
}

// op is a problem of one node; inputs are x0, x1, … and then names of constants.
func op(name string, inputs [][]int64, constants []*onnx.Tensor, attributes ...*onnx.Attribute) problem {
	var in []string
	for i := range inputs {
		in = append(in, fmt.Sprintf("x%d", i))
	}
	for _, c := range constants {
		in = append(in, c.Name)
	}
	return problem{inputs: inputs, constants: constants, nodes: []*onnx.Node{onnx.NewNode(name, in, []string{"y"}, attributes...)}}
}

// between sets the range of the inputs' values.
func (p problem) between(low, high float64) problem {
	p.low, p.high = low, high
	return p
}

// A dice makes random choices for one trial. Lengths grow with the trial's
// number, and choices are recorded, so that a failure can be made smaller.
type dice struct {
	*rand.Rand
	trial int
	drawn *draws
}

// draws are the choices of one problem: given ones first, then random ones.
type draws struct {
	given, made []int
	calm        bool // choices after the given ones are 0, not random
}

func newDice(trial int) dice { return dice{newRand(uint64(trial)), trial, &draws{}} }

// IntN chooses below n.
func (d dice) IntN(n int) int {
	v, at := 0, len(d.drawn.made)
	switch {
	case at < len(d.drawn.given):
		v = min(d.drawn.given[at], n-1)
	case !d.drawn.calm:
		v = d.Rand.IntN(n)
	}
	d.drawn.made = append(d.drawn.made, v)
	return v
}

// smallest returns the choices of the smallest problem that still fails: each is
// made 0, halved or lowered by one as long as that is so.
func smallest(trial int, choices []int, fails func(dice) bool) []int {
	try := func(given []int) bool {
		return fails(dice{newRand(uint64(trial)), trial, &draws{given: given, calm: true}})
	}
	for smaller := true; smaller; {
		smaller = false
		for i, v := range choices {
			for _, less := range []int{0, v / 2, v - 1} {
				candidate := slices.Clone(choices)
				candidate[i] = less
				if less >= 0 && less < choices[i] && try(candidate) {
					choices, smaller = candidate, true
				}
			}
		}
	}
	return choices
}

// dim returns a length from least up.
func (d dice) dim(least int) int64 { return int64(least + d.IntN(2+d.trial/4)) }

// shape returns n lengths.
func (d dice) shape(n int) []int64 {
	s := make([]int64, n)
	for i := range s {
		s[i] = d.dim(1)
	}
	return s
}

// weights makes a random constant.
func (d dice) weights(name string, dims ...int64) *onnx.Tensor {
	v := make([]float32, size(dims))
	for i := range v {
		v[i] = float32(d.NormFloat64())
	}
	return onnx.FloatTensor(name, v, dims...)
}

// trials per operator.
const trials = 16

// families are all cases.
var families = []map[string]func(dice) problem{elementwise, windows, products, movements, reducers, scatters, chains}

// TestRulesAgainstDifferences compares every rule with central differences of the
// forward pass, over random shapes and attributes. Of a failure the smallest
// problem is reported.
func TestRulesAgainstDifferences(t *testing.T) {
	for _, family := range families {
		for name, make := range family {
			t.Run(name, func(t *testing.T) {
				for trial := range trials {
					d := newDice(trial)
					p := make(d)
					if p.compare(t) == "" {
						continue
					}
					given := smallest(trial, d.drawn.made, func(d dice) bool { p := make(d); return p.compare(t) != "" })
					p = make(dice{newRand(uint64(trial)), trial, &draws{given: given, calm: true}})
					t.Fatalf("trial %d, inputs %v, %s: %s", trial, p.inputs, describe(p.nodes), p.compare(t))
				}
			})
		}
	}
}

// TestSmallest: a failure that needs one axis of at least three and an odd choice
// is made that small.
func TestSmallest(t *testing.T) {
	fails := func(d dice) bool {
		s, odd := d.shape(3), d.IntN(8)
		return s[1] >= 3 && odd%2 == 1
	}
	for trial := 20; ; trial++ {
		d := newDice(trial)
		if !fails(d) {
			continue
		}
		if got := smallest(trial, d.drawn.made, fails); !slices.Equal(got, []int{0, 2, 0, 1}) {
			t.Errorf("choices %v became %v", d.drawn.made, got)
		}
		return
	}
}

// TestEveryRuleHasACase fails when a rule is added without one.
func TestEveryRuleHasACase(t *testing.T) {
	tested := map[string]bool{}
	for _, family := range families {
		for _, make := range family {
			for _, n := range make(newDice(1)).nodes {
				tested[n.Op] = true
			}
		}
	}
	for op := range autodiff.Plain() {
		if !tested[op] && !untested[op] {
			t.Errorf("the rule of %s is not compared with differences", op)
		}
	}
}

// untested rules have no slope to compare: flat functions, quantisation (see
// TestQuantise), and what the canonical form removes.
var untested = map[string]bool{"Floor": true, "Ceil": true, "Round": true, "Sign": true, "Hardmax": true,
	"QuantizeLinear": true, "DequantizeLinear": true, "com.microsoft.QuantizeLinear": true, "com.microsoft.DequantizeLinear": true}

func describe(nodes []*onnx.Node) string {
	s := ""
	for _, n := range nodes {
		s += n.Op
		for _, a := range n.Attributes {
			s += fmt.Sprintf(" %s=%v %v %v %s", a.Name, a.Int, a.Ints, a.Float, a.String)
		}
	}
	return s
}

// compare returns what is wrong with the gradients, "" if nothing.
func (p problem) compare(t *testing.T) string {
	t.Helper()
	// The result is flattened, as the binding of ONNX Runtime cannot return scalars.
	m := &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 23}}, Graph: &onnx.Graph{
		Outputs:      []*onnx.Value{{Name: "flat", Type: onnx.Float32}},
		Initializers: append([]*onnx.Tensor{ints("flat_shape", -1)}, p.constants...),
		Nodes:        append(p.nodes, onnx.NewNode("Reshape", []string{"y", "flat_shape"}, []string{"flat"}))}}
	var with []string
	for i, s := range p.inputs {
		with = append(with, fmt.Sprintf("x%d", i))
		m.Graph.Inputs = append(m.Graph.Inputs, onnx.NewValue(with[i], onnx.Float32, s...))
	}
	c, err := canonical.Rewrite(m, canonical.Options{})
	if err != nil {
		return err.Error()
	}
	g, err := autodiff.Gradient(c, autodiff.Options{Of: "flat", With: with})
	if err != nil {
		return err.Error()
	}
	s, err := ort.Open(g.Model.Marshal(), append(with, g.Seed), append([]string{g.Of}, g.Gradients...), ort.Options{})
	if err != nil {
		return err.Error()
	}
	defer s.Close()
	values := p.values()
	seed := noise(concrete(c.Types[g.Of].Shape))
	run := func() []*ort.Tensor {
		out, runErr := s.Run(context.Background(), append(append([]*ort.Tensor{}, values...), seed)...)
		err = errors.Join(err, runErr)
		return out
	}
	grads := run()
	if err != nil {
		return err.Error()
	}
	for i, x := range values {
		want := difference(x.Data.([]float32), seed.Floats(), p.step(), func() []float32 { return run()[0].Floats() })
		if err != nil {
			return err.Error()
		}
		if d := distance(grads[1+i].Floats(), want); !(d <= 5e-3) {
			return fmt.Sprintf("gradient of x%d is off by %.2g: %v, differences say %v", i, d, grads[1+i].Floats(), want)
		}
	}
	return ""
}

// difference returns central differences of Σ f·seed.
func difference(x, seed []float32, step float32, f func() []float32) []float32 {
	want := make([]float32, len(x))
	at := func(i int, v float32) float64 {
		x[i] = v
		sum := 0.0
		for k, y := range f() {
			sum += float64(y) * float64(seed[k])
		}
		return sum
	}
	for i, v := range x {
		up, down := v+step, v-step
		want[i] = float32((at(i, up) - at(i, down)) / (float64(up) - float64(down)))
		x[i] = v
	}
	return want
}

// spread is how far apart any two values of the inputs are at least: maxima then
// stay where they are while one value is moved by a step, and kinks at quarters
// of the range are not crossed.
func (p problem) spread() float64 {
	low, high := p.low, p.high
	if low == high {
		low, high = -2, 2
	}
	n := int64(0)
	for _, s := range p.inputs {
		n += size(s)
	}
	return (high - low) / float64(n)
}

func (p problem) step() float32 { return float32(min(0.01, p.spread()/10)) }

// values are evenly spaced, in random order over all inputs.
func (p problem) values() []*ort.Tensor {
	low := p.low
	if p.low == p.high {
		low = -2
	}
	var all []float32
	for _, s := range p.inputs {
		for range size(s) {
			all = append(all, float32(low+(float64(len(all))+0.63)*p.spread()))
		}
	}
	rand.New(rand.NewPCG(3, uint64(len(all)))).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	var list []*ort.Tensor
	for _, s := range p.inputs {
		list = append(list, &ort.Tensor{Shape: s, Data: append([]float32{}, all[:size(s)]...)})
		all = all[size(s):]
	}
	return list
}

// noise makes a tensor of random weights.
func noise(shape []int64) *ort.Tensor {
	r := rand.New(rand.NewPCG(11, 2))
	v := make([]float32, size(shape))
	for i := range v {
		v[i] = float32(math.Copysign(0.2+r.Float64(), r.Float64()-0.5))
	}
	return &ort.Tensor{Shape: shape, Data: v}
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 17)) }
