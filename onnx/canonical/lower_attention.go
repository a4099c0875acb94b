package canonical

import (
	"fmt"
	"math"

	"github.com/sightline/sightline/onnx"
)

func init() {
	register(map[string]lowering{"Attention": lowerAttention, "Einsum": lowerEinsum})
}

// lowerAttention spells out softmax(Q·Kᵀ·scale + mask)·V of opset 23, on tensors of
// [batch, heads, tokens, width], or of [batch, tokens, heads·width] that are cut
// into heads first. What only text generators use is refused.
func lowerAttention(b *builder, n *onnx.Node) error {
	if n.Input(4) != "" || n.Input(5) != "" || n.Input(6) != "" || n.Int("is_causal", 0) != 0 || n.Float("softcap", 0) != 0 ||
		n.Int("qk_matmul_output_mode", 0) != 0 {
		return fmt.Errorf("with a cache, causal order or a soft cap it is not understood")
	}
	f, flat := b.spell(n), len(b.shape(n.Input(0))) == 3
	q, k, v := n.Input(0), n.Input(1), n.Input(2)
	if flat {
		heads, others := n.Int("q_num_heads", 0), n.Int("kv_num_heads", 0)
		q, k, v = f.heads(q, heads), f.heads(k, others), f.heads(v, others)
	}
	if f.err != nil {
		return f.err
	}
	s := b.shape(q)
	if len(s) != 4 || len(b.shape(k)) != 4 || s[1] != b.shape(k)[1] {
		return fmt.Errorf("queries %v and keys %v: heads are shared, or shapes not known", s, b.shape(k))
	}
	scale := float64(n.Float("scale", float32(1/math.Sqrt(float64(s[3])))))
	keys := f.with("Transpose", []string{k}, onnx.IntsAttr("perm", 0, 1, 3, 2))
	scores := f.do("Mul", f.do("MatMul", q, keys), f.num(scale))
	if mask := n.Input(3); mask != "" {
		if b.types[mask].Elem == onnx.Bool {
			mask = f.do("Where", mask, f.num(0), f.num(math.Inf(-1)))
		}
		scores = f.do("Add", scores, mask)
	}
	y := f.do("MatMul", f.with("Softmax", []string{scores}, onnx.IntAttr("axis", 3)), v)
	if flat {
		y = f.with("Transpose", []string{y}, onnx.IntsAttr("perm", 0, 2, 1, 3))
		y = f.do("Reshape", y, b.ints(f.hint+"_merged", 0, 0, -1))
	}
	return f.end(n, y)
}

// heads cuts [batch, tokens, heads·width] into [batch, heads, tokens, width].
func (f *formula) heads(x string, heads int64) string {
	s := f.b.shape(x)
	if f.err == nil && (len(s) != 3 || heads < 1 || s[2]%heads != 0) {
		f.err = fmt.Errorf("%d heads in a tensor of shape %v", heads, s)
	}
	if f.err != nil {
		return ""
	}
	cut, ok := Shape{s[0], s[1], heads, s[2] / heads}.Target()
	if !ok {
		f.err = fmt.Errorf("a tensor of shape %v cannot be cut into heads", s)
	}
	return f.with("Transpose", []string{f.do("Reshape", x, f.b.ints(f.hint+"_heads", cut...))}, onnx.IntsAttr("perm", 0, 2, 1, 3))
}
