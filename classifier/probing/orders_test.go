package probing

import (
	"slices"
	"testing"

	"github.com/sightline/sightline/classifier"
)

func names(orders []Order) (list []string) {
	for _, o := range orders {
		list = append(list, o.Name)
	}
	return list
}

func TestOrdersOf(t *testing.T) {
	labels := []string{"10", "9", "2"}
	numbered := &classifier.Spec{Classes: []string{"class 0", "class 1", "class 2"}, Output: classifier.Output{Classes: 3},
		Provenance: []classifier.Setting{{Name: "classes", Source: "default"}}}
	got := OrdersOf(numbered, labels, labels)
	if want := []string{"as the model has them", "labels of the dataset sorted", "labels of the dataset by number"}; !slices.Equal(names(got), want) {
		t.Fatalf("%q", names(got))
	}
	if !slices.Equal(got[1].Truth, []int{0, 2, 1}) || !slices.Equal(got[2].Truth, []int{2, 1, 0}) || !slices.Equal(got[2].Names, []string{"2", "9", "10"}) {
		t.Errorf("%+v", got)
	}
	numbered.Output.Classes = 4
	got = OrdersOf(numbered, labels, labels)
	if want := []string{"as the model has them", "labels of the dataset behind a background class", "labels of the dataset before a background class",
		"labels of the dataset sorted behind a background class", "labels of the dataset sorted before a background class",
		"labels of the dataset by number behind a background class", "labels of the dataset by number before a background class"}; !slices.Equal(names(got), want) {
		t.Fatalf("%q", names(got))
	}
	if want := []string{"background", "10", "2", "9"}; !slices.Equal(got[3].Names, want) || !slices.Equal(got[3].Truth, []int{1, 3, 2}) || !slices.Equal(got[6].Truth, []int{2, 1, 0}) {
		t.Errorf("with a background: %+v", got)
	}
	numbered.Output.Classes = 9
	if got = OrdersOf(numbered, labels, labels); len(got) != 1 {
		t.Errorf("of labels that are not as many as the classes: %q", names(got))
	}
}

// A model's own names are tried sorted and by WordNet id; what makes no difference is not listed.
func TestOrdersOfNames(t *testing.T) {
	named := &classifier.Spec{Classes: []string{"tench", "cat", "bird"}, ClassIDs: []string{"n3", "n1", "n2"}, Output: classifier.Output{Classes: 3}}
	got := OrdersOf(named, []string{"cat", "tench", "fox"}, []string{"bird", "cat", "fox", "tench"})
	if want := []string{"as the model has them", "class names sorted", "class names by WordNet id"}; !slices.Equal(names(got), want) {
		t.Fatalf("%q", names(got))
	}
	if got[0].Names != nil || !slices.Equal(got[0].Truth, []int{1, 0, -1}) || !slices.Equal(got[1].Truth, []int{1, 2, -1}) || !slices.Equal(got[2].Names, []string{"cat", "bird", "tench"}) {
		t.Errorf("%+v", got)
	}
	named.Classes, named.ClassIDs = []string{"bird", "cat", "tench"}, nil
	if got = OrdersOf(named, []string{"cat"}, []string{"cat"}); len(got) != 1 {
		t.Errorf("sorted already: %q", names(got))
	}
}

// A background class that the names have is tried at the other end.
func TestOrdersOfBackground(t *testing.T) {
	named := &classifier.Spec{Classes: []string{"background", "tench", "cat"}, Output: classifier.Output{Classes: 3}}
	got := OrdersOf(named, []string{"cat", "tench"}, []string{"cat", "tench"})
	want := map[string][]int{
		"as the model has them":                        {2, 1},
		"class names sorted":                           {1, 2},
		"class names before a background class":        {1, 0},
		"class names sorted before a background class": {0, 1},
	}
	if len(got) != len(want) {
		t.Errorf("%q", names(got))
	}
	for _, o := range got {
		if !slices.Equal(o.Truth, want[o.Name]) {
			t.Errorf("%s: %v, want %v", o.Name, o.Truth, want[o.Name])
		}
	}
}
