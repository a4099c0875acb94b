package autodiff

import "github.com/sightline/sightline/onnx"

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
