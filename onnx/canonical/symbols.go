package canonical

import (
	"math"

	"github.com/sightline/sightline/onnx"
)

// A symbol is one element of a small tensor that is known up to the batch: k, or
// k times the batch. Integers up to 2⁵³ are exact.
type symbol struct {
	k     float64
	batch bool
}

// symbols is a small tensor of them, as shape arithmetic handles.
type symbols struct {
	shape []int64
	v     []symbol
}

// maxSymbols is the size beyond which a tensor is no shape arithmetic.
const maxSymbols = 4096

// dimension returns the symbol of a Shape's entry.
func dimension(d int64) symbol {
	if d < 0 {
		return symbol{float64(-d), true}
	}
	return symbol{float64(d), false}
}

// whole reports whether there are as many elements as the shape says.
func (s symbols) whole() bool {
	n, ok := product(s.shape)
	return ok && n == int64(len(s.v))
}

// known reports whether no element depends on the batch.
func (s symbols) known() bool {
	for _, v := range s.v {
		if v.batch {
			return false
		}
	}
	return true
}

// integer rounds to int64, saturating as slices' "to the end" asks for.
func integer(k float64) int64 {
	switch {
	case k >= math.MaxInt64:
		return math.MaxInt64
	case k <= math.MinInt64:
		return math.MinInt64
	}
	return int64(k)
}

// symbolsOf returns the elements of a tensor if they are known and few.
func (b *builder) symbolsOf(name string) (symbols, bool) {
	if s, ok := b.symbols[name]; ok {
		return s, true
	}
	t := b.constants[name]
	if t == nil {
		return symbols{}, false
	}
	n, err := t.Elements()
	if err != nil || n > maxSymbols || t.Type == onnx.String {
		return symbols{}, false
	}
	s := symbols{shape: t.Dims}
	if ints, err := t.Int64s(); err == nil {
		for _, v := range ints {
			s.v = append(s.v, symbol{k: float64(v)})
		}
		return s, true
	}
	values, err := t.Floats()
	for _, v := range values {
		s.v = append(s.v, symbol{k: float64(v)})
	}
	return s, err == nil
}

// learn records the value of a tensor: a constant if it is free of the batch.
// It reports whether a node is no longer needed to compute it.
func (b *builder) learn(name string, s symbols, elem onnx.DataType) bool {
	if name == "" {
		return true // nothing reads it
	}
	b.types[name] = Type{elem, append(Shape{}, s.shape...)}
	if !s.known() {
		b.symbols[name] = s
		return false
	}
	b.constants[name] = s.tensor(name, elem)
	return true
}

// tensor makes a constant of symbols free of the batch.
func (s symbols) tensor(name string, elem onnx.DataType) *onnx.Tensor {
	t := &onnx.Tensor{Name: name, Type: elem, Dims: s.shape}
	for _, v := range s.v {
		if elem == onnx.Bool {
			t.Raw = append(t.Raw, byte(v.k))
			continue
		}
		one := number("", v.k, elem)
		if elem == onnx.Int64 {
			one = onnx.IntTensor("", []int64{integer(v.k)})
		}
		t.Raw = append(t.Raw, one.Raw...)
	}
	return t
}
