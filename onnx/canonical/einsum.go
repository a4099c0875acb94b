package canonical

import (
	"fmt"
	"strings"

	"github.com/sightline/sightline/onnx"
)

// Einsum splits an equation such as "bhid,bhjd->bhij" into its inputs' terms and
// the result's. An implicit result is made explicit: the letters that occur once,
// in alphabetical order. It returns an error for the ellipsis and for diagonals.
func Einsum(equation string) (inputs []string, result string, err error) {
	left, result, explicit := strings.Cut(strings.ReplaceAll(equation, " ", ""), "->")
	inputs = strings.Split(left, ",")
	if strings.Contains(equation, ".") {
		return nil, "", fmt.Errorf("the equation %q has an ellipsis", equation)
	}
	for _, term := range append([]string{result}, inputs...) {
		for i, letter := range term {
			if strings.ContainsRune(term[i+1:], letter) {
				return nil, "", fmt.Errorf("the equation %q takes a diagonal", equation)
			}
		}
	}
	if explicit {
		return inputs, result, nil
	}
	for letter := 'A'; letter <= 'z'; letter++ {
		if strings.Count(left, string(letter)) == 1 {
			result += string(letter)
		}
	}
	return inputs, result, nil
}

func lowerEinsum(b *builder, n *onnx.Node) error {
	inputs, result, err := Einsum(n.Text("equation", ""))
	if err != nil {
		return err
	}
	return b.becomes(n, n.Op, n.Inputs, onnx.StringAttr("equation", strings.Join(inputs, ",")+"->"+result))
}

func inferEinsum(b *builder, n *onnx.Node) error {
	inputs, result, err := Einsum(n.Text("equation", ""))
	lengths, elem := map[rune]int64{}, b.types[n.Input(0)].Elem
	if err != nil || len(inputs) != len(n.Inputs) {
		return fmt.Errorf("%d inputs for %q: %w", len(n.Inputs), n.Text("equation", ""), err)
	}
	for i, term := range inputs {
		s := b.shape(n.Input(i))
		if len(s) != len(term) {
			b.set(n, 0, elem, nil)
			return nil
		}
		for k, letter := range term {
			if l, ok := lengths[letter]; !ok || l == 1 {
				lengths[letter] = s[k]
			}
		}
	}
	shape := Shape{}
	for _, letter := range result {
		shape = append(shape, lengths[letter])
	}
	b.set(n, 0, elem, shape)
	return nil
}
