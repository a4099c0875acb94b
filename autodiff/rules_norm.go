package autodiff

import (
	"slices"

	"github.com/sightline/sightline/onnx"
)

// norms that the canonical form keeps whole.
var norms = Rules{"LayerNormalization": layerNorm, "LRN": lrn, "BatchNormalization": batchNorm}

// layerNorm: with x̂ the normalised input, σ its deviation and g = dy·scale,
// dx = (g − mean g − x̂·mean(g·x̂))/σ. Statistics are computed again: asking the
// forward node for them keeps runtimes from using their fast kernel.
func layerNorm(x *Context) error {
	s := x.Shape(x.In(0))
	if x.Wanted(1) || x.Wanted(2) {
		x.fail("its scale and bias are computed from the image")
	}
	if x.err != nil {
		return nil
	}
	axis := x.Axis(-1, len(s))
	var over []int64
	for i := axis; i < len(s); i++ {
		over = append(over, int64(i))
	}
	axes := x.Vector(over...)
	mean := func(name string) string {
		return x.Emit("ReduceMean", []string{name, axes}, onnx.IntAttr("keepdims", 1))
	}
	centred := x.Do("Sub", x.In(0), mean(x.In(0)))
	deviation := x.Do("Sqrt", x.Do("Add", mean(x.Mul(centred, centred)), x.Num(float64(x.Node.Float("epsilon", 1e-5)))))
	normal := x.Do("Div", centred, deviation)
	g := x.Mul(x.Grad(0), x.In(1))
	inner := x.Do("Sub", x.Do("Sub", g, mean(g)), x.Mul(normal, mean(x.Mul(g, normal))))
	x.Pass(0, x.Do("Div", inner, deviation))
	return nil
}

// lrn: y = x·d^−β with d = bias + α/n·Σ x² over neighbouring channels, so
// dx = dy·d^−β − 2αβ/n·x·Σ dy·x·d^(−β−1) over the channels x is a neighbour of.
func lrn(x *Context) error {
	s, n := x.Shape(x.In(0)), x.Node.Int("size", 1)
	if !x.fit(len(s) > 1 && s[1] > 0 && s[1] <= maxMatrix/s[1] && n > 0, "%d neighbouring channels in a tensor of shape %v", n, s) {
		return nil
	}
	alpha, beta := float64(x.Node.Float("alpha", 1e-4)), float64(x.Node.Float("beta", 0.75))
	c := s[1]
	forward, back := make([]float32, c*c), make([]float32, c*c)
	for i := range c {
		for j := max(0, i-(n-1)/2); j <= min(c-1, i+n/2); j++ {
			forward[j*c+i], back[i*c+j] = 1, 1
		}
	}
	in, g := x.In(0), x.Grad(0)
	sums := x.mapAxis(x.Mul(in, in), 1, len(s), x.Floats(forward, c, c))
	d := x.Do("Add", x.Scale(sums, alpha/float64(n)), x.Num(float64(x.Node.Float("bias", 1))))
	direct := x.Mul(g, x.Do("Pow", d, x.Num(-beta)))
	spread := x.mapAxis(x.Mul(x.Mul(g, in), x.Do("Pow", d, x.Num(-beta-1))), 1, len(s), x.Floats(back, c, c))
	x.Pass(0, x.Do("Sub", direct, x.Scale(x.Mul(in, spread), 2*alpha*beta/float64(n))))
	return nil
}

// batchNorm with computed parameters, of which the canonical form makes no Mul and
// Add: dx = dy·scale/√(variance + ε).
func batchNorm(x *Context) error {
	s := x.Shape(x.In(0))
	for i := 1; i < 5; i++ {
		if x.Wanted(i) {
			x.fail("its parameter %q is computed from the image", x.In(i))
		}
	}
	if x.err != nil {
		return nil
	}
	deviation := x.Do("Sqrt", x.Do("Add", x.In(4), x.Num(float64(x.Node.Float("epsilon", 1e-5)))))
	factor := x.Do("Div", x.In(1), deviation)
	to := slices.Repeat([]int64{1}, max(len(s)-1, 1))
	to[0] = -1
	x.Pass(0, x.Mul(x.Grad(0), x.Do("Reshape", factor, x.Vector(to...))))
	return nil
}

// softmaxes normalise along one axis.
var softmaxes = Rules{"Softmax": softmax, "LogSoftmax": logSoftmax}

// along sums over the node's axis, which is kept.
func (x *Context) along(name string) string {
	return x.Emit("ReduceSum", []string{name, x.Vector(x.Node.Int("axis", -1))}, onnx.IntAttr("keepdims", 1))
}

// softmax: dx = y·(dy − Σ dy·y).
func softmax(x *Context) error {
	y, g := x.Out(0), x.Grad(0)
	x.Pass(0, x.Mul(y, x.Do("Sub", g, x.along(x.Mul(g, y)))))
	return nil
}

// logSoftmax: dx = dy − exp(y)·Σ dy.
func logSoftmax(x *Context) error {
	g := x.Grad(0)
	x.Pass(0, x.Do("Sub", g, x.Mul(x.Do("Exp", x.Out(0)), x.along(g))))
	return nil
}
