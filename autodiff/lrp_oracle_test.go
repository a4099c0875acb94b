package autodiff_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
)

// A neuron is one value of a small network, computed and explained by itself, in
// float64: this is the oracle of relevance propagation.
type neuron struct {
	from    []*neuron
	weights []float64 // nil: the neuron is no weighted sum
	bias    float64
	choose  bool // the largest of from
	rectify bool
	rule    string
	value   float64
	r       float64
}

func (n *neuron) forward() {
	n.value, n.r = n.bias, 0
	for i, f := range n.from {
		switch {
		case n.choose && i == 0:
			n.value = f.value
		case n.choose:
			n.value = math.Max(n.value, f.value)
		case n.weights != nil:
			n.value += n.weights[i] * f.value
		default:
			n.value += f.value
		}
	}
	if n.rectify {
		n.value = math.Max(n.value, 0)
	}
}

// backward hands out the neuron's relevance by the published formulas.
func (n *neuron) backward(epsilon, gamma float64) {
	if n.choose {
		for _, f := range n.from {
			if f.value == n.value {
				f.r += n.r
				return
			}
		}
	}
	if n.rectify {
		n.from[0].r += n.r
		return
	}
	var high, low float64
	parts := make([]float64, len(n.from))
	for i, f := range n.from {
		parts[i] = f.value
		if n.weights != nil {
			parts[i] *= n.weights[i]
		}
		high, low = high+math.Max(parts[i], 0), low+math.Min(parts[i], 0)
	}
	high, low = high+math.Max(n.bias, 0), low+math.Min(n.bias, 0)
	for i, f := range n.from {
		f.r += n.r * n.share(parts[i], high, low, epsilon, gamma)
	}
}

func (n *neuron) share(part, high, low, epsilon, gamma float64) float64 {
	z := high + low
	over := func(a, b float64) float64 {
		if b == 0 {
			return 0
		}
		return a / b
	}
	switch n.rule {
	case "epsilon":
		return part / (z + math.Copysign(epsilon, z))
	case "gamma":
		if z > 0 {
			return (part + gamma*math.Max(part, 0)) / (z + gamma*high)
		}
		return (part + gamma*math.Min(part, 0)) / (z + gamma*low)
	case "zplus":
		return over(math.Max(part, 0), high)
	case "alpha2beta1":
		return 2*over(math.Max(part, 0), high) - over(math.Min(part, 0), low)
	case "flat":
		return 1 / float64(len(n.from))
	}
	return over(part, z)
}

// A builder makes the same network as neurons and as a graph.
type netBuilder struct {
	d     dice
	order []*neuron
	nodes []*onnx.Node
	inits []*onnx.Tensor
	zero  bool // no biases
}

// plane is a tensor [C, H, W].
type plane struct {
	name    string
	c, h, w int
	at      []*neuron
}

func (b *netBuilder) name() string { return fmt.Sprintf("t%d", len(b.nodes)) }

func (b *netBuilder) put(n *neuron) *neuron {
	b.order = append(b.order, n)
	return n
}

func (b *netBuilder) random(dims ...int64) *onnx.Tensor {
	t := b.d.weights(fmt.Sprintf("w%d", len(b.inits)), dims...)
	b.inits = append(b.inits, t)
	return t
}

func (b *netBuilder) biases(n int) (*onnx.Tensor, []float64) {
	t := b.random(int64(n))
	if b.zero {
		*t = *onnx.FloatTensor(t.Name, make([]float32, n), int64(n))
	}
	return t, doubles(t)
}

func doubles(t *onnx.Tensor) []float64 {
	v, err := t.Floats()
	if err != nil {
		panic(err)
	}
	out := make([]float64, len(v))
	for i := range v {
		out[i] = float64(v[i])
	}
	return out
}

func (b *netBuilder) conv(in plane, outs, k, stride, pad, group int, rule string) plane {
	w := b.random(int64(outs), int64(in.c/group), int64(k), int64(k))
	bias, biases := b.biases(outs)
	weights := doubles(w)
	out := plane{b.name(), outs, (in.h+2*pad-k)/stride + 1, (in.w+2*pad-k)/stride + 1, nil}
	b.nodes = append(b.nodes, onnx.NewNode("Conv", []string{in.name, w.Name, bias.Name}, []string{out.name},
		onnx.IntsAttr("kernel_shape", int64(k), int64(k)), onnx.IntsAttr("strides", int64(stride), int64(stride)),
		onnx.IntsAttr("pads", int64(pad), int64(pad), int64(pad), int64(pad)), onnx.IntAttr("group", int64(group))))
	per := in.c / group
	for m := range outs {
		for y := range out.h {
			for x := range out.w {
				n := &neuron{bias: biases[m], rule: rule, weights: []float64{}}
				for c := range per {
					for i := range k {
						for j := range k {
							row, column := y*stride-pad+i, x*stride-pad+j
							if row < 0 || row >= in.h || column < 0 || column >= in.w {
								continue
							}
							n.from = append(n.from, in.at[((m/(outs/group)*per+c)*in.h+row)*in.w+column])
							n.weights = append(n.weights, weights[((m*per+c)*k+i)*k+j])
						}
					}
				}
				out.at = append(out.at, b.put(n))
			}
		}
	}
	return out
}

func (b *netBuilder) dense(in plane, outs int, rule string) plane {
	w := b.random(int64(outs), int64(len(in.at)))
	bias, biases := b.biases(outs)
	weights := doubles(w)
	flat, out := b.name(), plane{c: outs, h: 1, w: 1}
	shape := ints(fmt.Sprintf("s%d", len(b.inits)), -1, int64(len(in.at)))
	b.inits = append(b.inits, shape)
	b.nodes = append(b.nodes, onnx.NewNode("Reshape", []string{in.name, shape.Name}, []string{flat}))
	out.name = b.name()
	b.nodes = append(b.nodes, onnx.NewNode("Gemm", []string{flat, w.Name, bias.Name}, []string{out.name}, onnx.IntAttr("transB", 1)))
	for m := range outs {
		out.at = append(out.at, b.put(&neuron{from: in.at, weights: weights[m*len(in.at) : (m+1)*len(in.at)], bias: biases[m], rule: rule}))
	}
	return out
}

func (b *netBuilder) relu(in plane) plane {
	out := plane{name: b.name(), c: in.c, h: in.h, w: in.w}
	b.nodes = append(b.nodes, onnx.NewNode("Relu", []string{in.name}, []string{out.name}))
	for _, f := range in.at {
		out.at = append(out.at, b.put(&neuron{from: []*neuron{f}, rectify: true}))
	}
	return out
}

func (b *netBuilder) add(p, q plane) plane {
	out := plane{name: b.name(), c: p.c, h: p.h, w: p.w}
	b.nodes = append(b.nodes, onnx.NewNode("Add", []string{p.name, q.name}, []string{out.name}))
	for i := range p.at {
		out.at = append(out.at, b.put(&neuron{from: []*neuron{p.at[i], q.at[i]}}))
	}
	return out
}

func (b *netBuilder) concat(p, q plane) plane {
	out := plane{b.name(), p.c + q.c, p.h, p.w, append(append([]*neuron{}, p.at...), q.at...)}
	b.nodes = append(b.nodes, onnx.NewNode("Concat", []string{p.name, q.name}, []string{out.name}, onnx.IntAttr("axis", 1)))
	return out
}

// pool is a MaxPool or AveragePool of overlapping 2×2 windows.
func (b *netBuilder) pool(in plane, op string) plane {
	out := plane{name: b.name(), c: in.c, h: in.h - 1, w: in.w - 1}
	b.nodes = append(b.nodes, onnx.NewNode(op, []string{in.name}, []string{out.name}, onnx.IntsAttr("kernel_shape", 2, 2), onnx.IntsAttr("strides", 1, 1)))
	for c := range in.c {
		for y := range out.h {
			for x := range out.w {
				n := &neuron{choose: op == "MaxPool"}
				for k := range 4 {
					n.from = append(n.from, in.at[(c*in.h+y+k/2)*in.w+x+k%2])
				}
				if !n.choose {
					n.weights = []float64{.25, .25, .25, .25}
				}
				out.at = append(out.at, b.put(n))
			}
		}
	}
	return out
}

// oracleRules are a composite's rules, as the oracle calls them.
type oracleRules struct {
	first, conv, dense string
	epsilon, gamma     float64
	composite          autodiff.Composite
}

// network is a small residual network with everything in it.
func network(d dice, o oracleRules, zero bool) (*netBuilder, plane, plane) {
	b := &netBuilder{d: d, zero: zero}
	in := plane{name: "x", c: 4, h: 7 + d.IntN(3), w: 6 + d.IntN(3)}
	for range in.c * in.h * in.w {
		in.at = append(in.at, &neuron{})
	}
	a := b.relu(b.conv(in, 4, 3, 2-d.IntN(2), 1, 1+d.IntN(2), o.first))
	side := b.conv(a, 4, 1, 1, 0, 1, o.conv)
	c := b.conv(b.relu(b.conv(a, 6, 3, 1, 1, 2, o.conv)), 4, 3, 1, 1, 1, o.conv)
	sum := b.add(c, side)
	after := b.conv(sum, 4, 3, 1, 1, 4, o.conv) // reads values of either sign
	both := b.concat(b.pool(b.relu(after), "MaxPool"), b.pool(sum, "AveragePool"))
	return b, in, b.dense(b.relu(b.dense(both, 9, o.dense)), 5, o.dense)
}

// oracleCases are the published composites.
var oracleCases = map[string]oracleRules{
	"epsilon": {"epsilon", "epsilon", "epsilon", 0.2, 0, autodiff.Composite{Dense: autodiff.Epsilon(0.2), Conv: autodiff.Epsilon(0.2)}},
	"epsilon gamma flat": {"flat", "gamma", "epsilon", 0.1, 0.25,
		autodiff.Composite{Dense: autodiff.Epsilon(0.1), Conv: autodiff.Gamma(0.25), First: autodiff.Flat()}},
	"gamma everywhere": {"gamma", "gamma", "gamma", 0, 0.5, autodiff.Composite{Dense: autodiff.Gamma(0.5), Conv: autodiff.Gamma(0.5)}},
	"epsilon plus":     {"zplus", "zplus", "epsilon", 0.1, 0, autodiff.Composite{Dense: autodiff.Epsilon(0.1), Conv: autodiff.ZPlus()}},
	"alpha beta flat": {"flat", "alpha2beta1", "epsilon", 0.1, 0,
		autodiff.Composite{Dense: autodiff.Epsilon(0.1), Conv: autodiff.AlphaBeta(2, 1), First: autodiff.Flat()}},
	"zplus": {"zplus", "zplus", "zplus", 0, 0, autodiff.Composite{Dense: autodiff.ZPlus(), Conv: autodiff.ZPlus()}},
}

// TestRelevanceEqualsNeurons compares every composite with the propagation from
// neuron to neuron.
func TestRelevanceEqualsNeurons(t *testing.T) {
	for name, o := range oracleCases {
		t.Run(name, func(t *testing.T) {
			worst := 0.0
			for trial := range 8 {
				b, in, out := network(newDice(trial), o, false)
				got, want, _ := b.relevance(t, in, out, o)
				worst = max(worst, distance(got, want))
			}
			t.Logf("off by %.2g at most", worst)
			if !(worst < 2e-4) {
				t.Errorf("off by %.2g", worst)
			}
		})
	}
}

// TestRelevanceIsConserved: without biases and ε the relevance of the oracle's
// network sums to the explained score, whatever the rules.
func TestRelevanceIsConserved(t *testing.T) {
	none := autodiff.Epsilon(0)
	for name, c := range map[string]autodiff.Composite{
		"epsilon": {Dense: none, Conv: none}, "gamma flat": {Dense: none, Conv: autodiff.Gamma(0.25), First: autodiff.Flat()},
		"gamma one flat": {Dense: none, Conv: autodiff.Gamma(1), First: autodiff.Flat()},
	} {
		for trial := range 8 {
			b, in, out := network(newDice(trial), oracleRules{}, true)
			got, _, score := b.relevance(t, in, out, oracleRules{composite: c})
			sum := 0.0
			for _, v := range got {
				sum += float64(v)
			}
			if !(math.Abs(sum-score) < 1e-4*math.Abs(score)+1e-4) {
				t.Errorf("%s, trial %d: relevance sums to %g, the score is %g", name, trial, sum, score)
			}
		}
	}
}

// relevance runs both on random pixels, for the class with the highest score.
func (b *netBuilder) relevance(t *testing.T, in, out plane, o oracleRules) (got, want []float32, score float64) {
	t.Helper()
	x, class, score := b.forward(in, out)
	out.at[class].r = score
	for i := len(b.order) - 1; i >= 0; i-- {
		b.order[i].backward(o.epsilon, o.gamma)
	}
	got = runRules(t, b.model(in, out), x, []int64{1, int64(in.c), int64(in.h), int64(in.w)}, len(out.at), class, autodiff.Relevance(o.composite))
	return got, values(in), score
}

// forward computes the neurons on random pixels, and which class has the highest
// score.
func (b *netBuilder) forward(in, out plane) (x []float32, class int, score float64) {
	x = make([]float32, len(in.at))
	for i, n := range in.at {
		x[i] = float32(b.d.NormFloat64())
		n.value, n.r = float64(x[i]), 0
	}
	for _, n := range b.order {
		n.forward()
	}
	for i, n := range out.at {
		if n.value > out.at[class].value {
			class = i
		}
	}
	return x, class, out.at[class].value
}

// values are what a plane's neurons were handed.
func values(p plane) []float32 {
	out := make([]float32, len(p.at))
	for i, n := range p.at {
		out[i] = float32(n.r)
	}
	return out
}

func (b *netBuilder) model(in, out plane) *onnx.Model {
	return &onnx.Model{IRVersion: 8, Opsets: []onnx.Opset{{Version: 17}}, Graph: &onnx.Graph{Nodes: b.nodes, Initializers: b.inits,
		Inputs:  []*onnx.Value{onnx.NewValue("x", onnx.Float32, -1, int64(in.c), int64(in.h), int64(in.w))},
		Outputs: []*onnx.Value{{Name: out.name, Type: onnx.Float32}}}}
}

// runRules returns what rules give the input for one class.
func runRules(t *testing.T, m *onnx.Model, x []float32, shape []int64, classes, class int, rules autodiff.Rules) []float32 {
	t.Helper()
	small, err := canonical.Rewrite(m, canonical.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := autodiff.Gradient(small, autodiff.Options{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	s, err := ort.Open(g.Model.Marshal(), []string{small.Graph.Inputs[0].Name, g.Seed}, g.Gradients, ort.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	seed := make([]float32, classes)
	seed[class] = 1
	out, err := s.Run(context.Background(), &ort.Tensor{Shape: shape, Data: x}, &ort.Tensor{Shape: []int64{1, int64(classes)}, Data: seed})
	if err != nil {
		t.Fatal(err)
	}
	return out[0].Floats()
}
