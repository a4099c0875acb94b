package autodiff_test

import "github.com/sightline/sightline/onnx"

var products = map[string]func(dice) problem{"Gemm": gemm, "MatMul": matMul, "batched MatMul": batched, "Einsum": einsum, "Attention": attention}

func gemm(d dice) problem {
	m, k, n := d.dim(1), d.dim(1), d.dim(1)
	a, b := []int64{m, k}, []int64{k, n}
	transA, transB := int64(d.IntN(2)), int64(d.IntN(2))
	if transA != 0 {
		a = []int64{k, m}
	}
	if transB != 0 {
		b = []int64{n, k}
	}
	c := [][]int64{{m, n}, {n}, {1, n}, {m, 1}}[d.IntN(4)]
	return op("Gemm", [][]int64{a, b, c}, nil, onnx.IntAttr("transA", transA), onnx.IntAttr("transB", transB),
		onnx.FloatAttr("alpha", 0.5), onnx.FloatAttr("beta", 2))
}

func matMul(d dice) problem {
	m, k, n := d.dim(1), d.dim(1), d.dim(1)
	pairs := [][2][]int64{{{m, k}, {k, n}}, {{k}, {k, n}}, {{m, k}, {k}}, {{k}, {k}}}
	p := pairs[d.IntN(len(pairs))]
	return op("MatMul", [][]int64{p[0], p[1]}, nil)
}

func batched(d dice) problem {
	m, k, n, h := d.dim(1), d.dim(1), d.dim(1), d.dim(1)
	pairs := [][2][]int64{{{2, h, m, k}, {2, h, k, n}}, {{2, h, m, k}, {h, k, n}}, {{h, m, k}, {k, n}}, {{2, 1, m, k}, {1, h, k, n}}, {{k}, {h, k, n}}, {{h, m, k}, {k}}}
	p := pairs[d.IntN(len(pairs))]
	return op("MatMul", [][]int64{p[0], p[1]}, nil)
}

func einsum(d dice) problem {
	i, j, k := d.dim(1), d.dim(1), d.dim(1)
	cases := []struct {
		equation string
		a, b     []int64
	}{
		{"ij,jk->ik", []int64{i, j}, []int64{j, k}}, {"bij,bkj->bik", []int64{2, i, j}, []int64{2, k, j}},
		{"ij,k->kj", []int64{i, j}, []int64{k}}, {"ij,ij", []int64{i, j}, []int64{i, j}}, {"bhij,jd->bdhi", []int64{2, 2, i, j}, []int64{j, k}},
	}
	c := cases[d.IntN(len(cases))]
	return op("Einsum", [][]int64{c.a, c.b}, nil, onnx.StringAttr("equation", c.equation))
}

// attention is of an opset newer than the canonical form's, which spells it out.
func attention(d dice) problem {
	h, q, k, w := d.dim(1), d.dim(1), d.dim(1), d.dim(1)
	return op("Attention", [][]int64{{2, h, q, w}, {2, h, k, w}, {2, h, k, d.dim(1)}}, nil)
}
