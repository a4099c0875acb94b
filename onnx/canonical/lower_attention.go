package canonical

import (
	"fmt"
	"math"

	"github.com/sightline/sightline/onnx"
)

var attentions = map[string]lowering{
	"Attention": lowerAttention, "Einsum": lowerEinsum,
	"com.microsoft.Attention": lowerPackedAttention, "com.microsoft.MultiHeadAttention": lowerMultiHeadAttention,
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
	y := f.attend(q, k, v, n.Input(3), float64(n.Float("scale", 0)))
	if flat {
		y = f.merged(y)
	}
	return f.end(n, y)
}

// attend emits softmax(Q·Kᵀ·scale + mask)·V of tensors [batch, heads, tokens,
// width]. A scale of 0 stands for one over the root of the width.
func (f *formula) attend(q, k, v, mask string, scale float64) string {
	s := f.b.shape(q)
	if f.err == nil && (len(s) != 4 || len(f.b.shape(k)) != 4 || s[1] != f.b.shape(k)[1]) {
		f.err = fmt.Errorf("queries %v and keys %v: heads are shared, or shapes not known", s, f.b.shape(k))
	}
	if f.err != nil {
		return ""
	}
	if scale == 0 {
		scale = float64(float32(1 / math.Sqrt(float64(s[3]))))
	}
	keys := f.with("Transpose", []string{k}, onnx.IntsAttr("perm", 0, 1, 3, 2))
	scores := f.do("Mul", f.do("MatMul", q, keys), f.num(scale))
	if mask != "" {
		if f.b.types[mask].Elem == onnx.Bool {
			mask = f.do("Where", mask, f.num(0), f.num(math.Inf(-1)))
		}
		scores = f.do("Add", scores, mask)
	}
	return f.do("MatMul", f.with("Softmax", []string{scores}, onnx.IntAttr("axis", 3)), v)
}

// merged puts heads side by side: [batch, tokens, heads·width].
func (f *formula) merged(y string) string {
	y = f.with("Transpose", []string{y}, onnx.IntsAttr("perm", 0, 2, 1, 3))
	return f.do("Reshape", y, f.b.ints(f.hint+"_merged", 0, 0, -1))
}

// lowerPackedAttention is ONNX Runtime's fusion of the three projections with the
// attention: input [batch, tokens, C], weights [C, Q+K+V], their bias, and what is
// added to the scores.
func lowerPackedAttention(b *builder, n *onnx.Node) error {
	if n.Input(3) != "" || n.Input(4) != "" || n.Int("unidirectional", 0) != 0 || n.Int("do_rotary", 0) != 0 {
		return fmt.Errorf("with a mask per token, a cache or causal order it is not understood")
	}
	f, w := b.spell(n), b.shape(n.Input(1))
	sizes := n.Ints("qkv_hidden_sizes")
	if sizes == nil && len(w) == 2 {
		sizes = []int64{w[1] / 3, w[1] / 3, w[1] / 3}
	}
	if len(w) != 2 || len(sizes) != 3 || sizes[0]+sizes[1]+sizes[2] != w[1] {
		return fmt.Errorf("weights of shape %v for queries, keys and values of %v", w, sizes)
	}
	all := f.do("MatMul", n.Input(0), n.Input(1))
	if n.Input(2) != "" {
		all = f.do("Add", all, n.Input(2))
	}
	var parts [3]string
	at := int64(0)
	for i, size := range sizes {
		parts[i] = f.heads(f.part(all, 2, at, at+size), n.Int("num_heads", 0))
		at += size
	}
	return f.end(n, f.merged(f.attend(parts[0], parts[1], parts[2], n.Input(5), float64(n.Float("scale", 0)))))
}

// lowerMultiHeadAttention is ONNX Runtime's fusion of three projections' biases,
// one after the other in one vector, with the attention.
func lowerMultiHeadAttention(b *builder, n *onnx.Node) error {
	for _, i := range []int{4, 6, 7, 8, 9} {
		if n.Input(i) != "" {
			return fmt.Errorf("with a mask per token or a cache it is not understood")
		}
	}
	if n.Int("unidirectional", 0) != 0 || n.Input(1) == "" || n.Input(2) == "" {
		return fmt.Errorf("in causal order, or packed in one tensor, it is not understood")
	}
	f, at := b.spell(n), int64(0)
	var parts [3]string
	for i := range parts {
		x, s := n.Input(i), b.shape(n.Input(i))
		if len(s) != 3 {
			return fmt.Errorf("an input of shape %v is not understood; it should be [batch, tokens, channels]", s)
		}
		if n.Input(3) != "" {
			x = f.do("Add", x, f.part(n.Input(3), 0, at, at+s[2]))
		}
		parts[i], at = f.heads(x, n.Int("num_heads", 0)), at+s[2]
	}
	return f.end(n, f.merged(f.attend(parts[0], parts[1], parts[2], n.Input(5), float64(n.Float("scale", 0)))))
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
