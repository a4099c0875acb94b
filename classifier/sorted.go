package classifier

import (
	"fmt"
	"slices"

	"github.com/sightline/sightline/onnx"
)

// Some exports end in TopK: the scores in falling order beside the classes' indices.
// The largest score is then always first, whatever the class is: read as one score per
// class, class 0 would always win. The scores before TopK are the classes' own.

// passing operators keep the order along the class axis, or cut it.
var passing = []string{"Softmax", "LogSoftmax", "Sigmoid", "Exp", "Log", "Neg", "Abs", "Sqrt", "Clip", "Relu", "Add", "Sub", "Mul", "Div", "Pow", "Min", "Max",
	"Slice", "Split", "Concat", "Gather", "GatherElements", "GatherND", "Where", "Expand", "Tile"}

// A sorting is the TopK that the values of an output come from.
type sorting struct {
	scores string // what TopK sorts
	direct bool   // the output is what TopK gives, rearranged at most
	best   bool   // not TopK but ReduceMax or ArgMax, which give the best score alone
	index  bool   // ArgMax
	least  bool   // the least is the best: TopK so set, ReduceMin, ArgMin
}

// completes tells whether two give the best score and its class.
func (s sorting) completes(other sorting) bool {
	return s.best && other.best && s.direct && other.direct && s.scores == other.scores && s.least == other.least && s.index != other.index
}

// sortedBy looks for the TopK that decides the order of a tensor's values: over
// operators that keep the order or choose by indices that TopK gives.
func sortedBy(x *onnx.Index, name string) (sorting, bool) {
	type place struct {
		name   string
		direct bool
	}
	queue, seen := []place{{name, true}}, map[string]bool{name: true}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		n := x.Producer(at.name)
		switch {
		case n.Is("TopK"):
			return sorting{scores: n.Input(0), direct: at.direct, least: n.Int("largest", 1) == 0}, true
		case n.Is("ReduceMax", "ArgMax", "ReduceMin", "ArgMin"):
			return sorting{n.Input(0), at.direct, true, n.Is("ArgMax", "ArgMin"), n.Is("ReduceMin", "ArgMin")}, at.direct
		case n.Is(onnx.Rearranging...):
		case n.Is(passing...):
			at.direct = false
		default:
			continue
		}
		for _, in := range n.Inputs {
			if in != "" && !seen[in] {
				seen[in] = true
				queue = append(queue, place{in, at.direct})
			}
		}
	}
	return sorting{}, false
}

// beforeSorting returns what TopK sorts to give one of the outputs, each tensor once.
func beforeSorting(x *onnx.Index, outputs []*onnx.Value) (added []*onnx.Value) {
	for _, v := range outputs {
		by, ok := sortedBy(x, v.Name)
		named := func(other *onnx.Value) bool { return other.Name == by.scores }
		if ok && !slices.ContainsFunc(outputs, named) && !slices.ContainsFunc(added, named) {
			added = append(added, &onnx.Value{Name: by.scores, Type: onnx.Float32})
		}
	}
	return added
}

// unsorted puts the scores that TopK sorts in the place of outputs that are what it
// gives, and marks outputs made of it by more than rearranging. Of the outputs those
// from declared on are no outputs of the file. A TopK that does not sort classes
// (places of a feature map) is left alone, and so is a largest value, unless it is
// the largest of probabilities, or its index is an output too. Where the least is the best
// nothing is put in its place: the scores are distances.
func unsorted(x *onnx.Index, outputs []probed, declared, n int) []probed {
	kept := slices.Clone(outputs[:declared])
	found := make([]sorting, declared)
	for i, o := range kept {
		if by, ok := sortedBy(x, o.value.Name); ok {
			found[i] = by
		}
	}
	for i, by := range found {
		k := slices.IndexFunc(outputs, func(other probed) bool { return other.value.Name == by.scores })
		if k < 0 || classesOf(outputs[k].shapes, n) < 2 {
			continue
		}
		if by.best && !slices.ContainsFunc(found, by.completes) && !(by.least && by.index) && (by.least || !probabilities(outputs[k])) {
			continue
		}
		if kept[i].sorted, kept[i].least = true, by.least; by.direct && !by.least {
			outputs[k].stated = append(outputs[k].stated, outputs[i].value.Name)
			kept[i] = outputs[k]
		}
	}
	var each []probed
	for _, o := range kept {
		same := func(other probed) bool { return other.value.Name == o.value.Name }
		if !slices.ContainsFunc(each, same) {
			o.stated = outputs[slices.IndexFunc(outputs, same)].stated
			each = append(each, o)
		}
	}
	return each
}

func probabilities(o probed) bool { return inUnit(o.values) && sumsToOne(o.values) }

// orderRefused is why an output that is made of sorted scores is no list of them.
func orderRefused(o probed) error {
	if o.least {
		return fmt.Errorf("%w: output %s goes by the least of the values (ArgMin, or TopK with largest=0): they are distances, not scores; export the model with their negatives as its scores", ErrNotClassifier, o.value.Name)
	}
	return fmt.Errorf("%w: output %s holds scores in sorted order (TopK), of which the first is always the best, not one score per class; export the model with its scores before TopK", ErrNotClassifier, o.value.Name)
}

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
