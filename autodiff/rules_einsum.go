package autodiff

import (
	"strings"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
)

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
