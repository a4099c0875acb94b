package classifier

import (
	"fmt"

	"github.com/sightline/sightline/onnx"
)

// Azure Custom Vision and scikit-learn's exporter end in ZipMap, which makes a dictionary from
// class name to score of every row of scores. The row is what we want, and the names are the
// node's.

func isZipMap(n *onnx.Node) bool { return n != nil && n.Op == "ZipMap" && n.Domain == "ai.onnx.ml" }

// beforeZipMap returns outputs with the scores that ZipMap reads in the place of its
// dictionaries, and the dictionaries' names by those of the scores.
func beforeZipMap(x *onnx.Index, outputs []*onnx.Value) (listed []*onnx.Value, zipped map[string]string) {
	zipped = map[string]string{}
	for _, v := range outputs {
		n := x.Producer(v.Name)
		if !isZipMap(n) {
			listed = append(listed, v)
			continue
		}
		if _, twice := zipped[n.Input(0)]; !twice {
			zipped[n.Input(0)] = v.Name
			listed = append(listed, &onnx.Value{Name: n.Input(0), Type: onnx.Float32})
		}
	}
	return listed, zipped
}

// fromZipMap takes the class names of the model's ZipMap, if it has one.
func fromZipMap(m *onnx.Model) (settings, error) {
	x := m.Graph.Index()
	for _, v := range m.Graph.Outputs {
		n := x.Producer(v.Name)
		if !isZipMap(n) {
			continue
		}
		s := settings{classesSource: "the model (ZipMap)"}
		if a := n.Attribute("classlabels_strings"); a != nil {
			for _, name := range a.Strings {
				s.classes = append(s.classes, string(name))
			}
		}
		for _, i := range n.Ints("classlabels_int64s") {
			s.classes = append(s.classes, fmt.Sprint(i))
		}
		return s, nil
	}
	return settings{}, nil
}
