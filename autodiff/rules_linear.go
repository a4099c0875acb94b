package autodiff

import (
	"slices"
	"strings"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

// linear are products of matrices.
var linear = Rules{"Gemm": gemm, "MatMul": matMul}

// gemm: Y = α·A'·B' + β·C with A' and B' optionally transposed.
func gemm(x *Context) error {
	n, g := x.Node, x.Grad(0)
	a, b := n.Int("transA", 0), n.Int("transB", 0)
	alpha := onnx.FloatAttr("alpha", n.Float("alpha", 1))
	product := func(left, right string, transLeft, transRight int64) string {
		return x.Emit("Gemm", []string{left, right}, alpha, onnx.IntAttr("transA", transLeft), onnx.IntAttr("transB", transRight))
	}
	if x.Wanted(0) && a == 0 {
		x.Pass(0, product(g, x.In(1), 0, 1-b))
	} else if x.Wanted(0) {
		x.Pass(0, product(x.In(1), g, b, 1))
	}
	if x.Wanted(1) && b == 0 {
		x.Pass(1, product(x.In(0), g, 1-a, 0))
	} else if x.Wanted(1) {
		x.Pass(1, product(g, x.In(0), 1, a))
	}
	if x.Wanted(2) {
		x.Pass(2, x.SumTo(x.Scale(g, float64(n.Float("beta", 1))), x.Shape(x.Out(0)), x.Shape(x.In(2))))
	}
	return nil
}

// matMul: dA = dY·Bᵀ, dB = Aᵀ·dY, summed over broadcast dimensions. Vectors are
// matrices of one row or column meanwhile.
func matMul(x *Context) error {
	a, b, out := x.Shape(x.In(0)), x.Shape(x.In(1)), x.Shape(x.Out(0))
	if x.err != nil {
		return nil
	}
	left, right, g := x.In(0), x.In(1), x.Grad(0)
	full, fullA, fullB := slices.Clone(out), a, b
	if len(b) == 1 {
		fullB = canonical.Shape{b[0], 1}
		right, full = x.Reshape(right, fullB), append(full, 1)
	}
	if len(a) == 1 {
		fullA = canonical.Shape{1, a[0]}
		left, full = x.Reshape(left, fullA), slices.Insert(full, max(len(full)-1, 0), 1)
	}
	if len(full) != len(out) {
		g = x.Reshape(g, full)
	}
	lead := full[: len(full)-2 : len(full)-2]
	if x.Wanted(0) {
		d := x.Do("MatMul", g, x.swapLast(right, len(fullB)))
		shape := append(lead, fullA[len(fullA)-2:]...)
		x.Pass(0, x.backTo(x.SumTo(d, shape, fullA), fullA, a))
	}
	if x.Wanted(1) {
		d := x.Do("MatMul", x.swapLast(left, len(fullA)), g)
		shape := append(lead, fullB[len(fullB)-2:]...)
		x.Pass(1, x.backTo(x.SumTo(d, shape, fullB), fullB, b))
	}
	return nil
}

// backTo reshapes unless both shapes are the same.
func (x *Context) backTo(a string, from, to canonical.Shape) string {
	if from.Equal(to) {
		return a
	}
	return x.Reshape(a, to)
}

// swapLast transposes the last two axes.
func (x *Context) swapLast(a string, rank int) string {
	perm := make([]int64, rank)
	for i := range perm {
		perm[i] = int64(i)
	}
	perm[rank-1], perm[rank-2] = perm[rank-2], perm[rank-1]
	return x.Transpose(a, perm)
}

// einsums are sums of products over named axes.
var einsums = Rules{"Einsum": einsum}

// einsum: the gradient of an input is the sum of products of dy and the other
// inputs, over the axes that input does not have. Axes only that input has are
// repeated.
func einsum(x *Context) error {
	terms, result, err := canonical.Einsum(x.Node.Text("equation", ""))
	if err != nil {
		return err
	}
	for i, term := range terms {
		if !x.Wanted(i) {
			continue
		}
		s := x.Shape(x.In(i))
		if !x.fit(len(s) == len([]rune(term)) && len(term) == len(s), "a tensor of shape %v for the term %q", s, term) {
			return nil
		}
		in, left := []string{x.Grad(0)}, []string{result}
		for k, other := range terms {
			if k != i {
				in, left = append(in, x.In(k)), append(left, other)
			}
		}
		known, ones, repeats := "", canonical.Shape{}, []int64{}
		for k, letter := range term {
			if strings.ContainsRune(strings.Join(left, ""), letter) {
				known, ones, repeats = known+string(letter), append(ones, s[k]), append(repeats, 1)
			} else {
				ones, repeats = append(ones, 1), append(repeats, s[k])
			}
		}
		g := x.Emit("Einsum", in, onnx.StringAttr("equation", strings.Join(left, ",")+"->"+known))
		if known != term {
			g = x.Do("Expand", x.Reshape(g, ones), x.Vector(repeats...))
		}
		x.Pass(i, g)
	}
	return nil
}
