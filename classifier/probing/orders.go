package probing

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/classifier/classlist"
)

// OrdersOf lists the usual orders of a model's classes, for samples with these labels: as the
// model's names have them; sorted; by number; by WordNet id; and, where nothing names the
// classes, those of the dataset's labels. A background class, where the names have one or are one
// too few, is tried before the first and after the last. all are the dataset's labels. Orders that
// are the same for the samples are listed once.
func OrdersOf(spec *classifier.Spec, labels, all []string) (list []Order) {
	add := func(name string, names []string, truth map[string]int) {
		o := Order{Name: name, Names: names, Truth: make([]int, len(labels))}
		for i, label := range labels {
			o.Truth[i] = -1
			if c, ok := truth[label]; ok {
				o.Truth[i] = c
			}
		}
		if !slices.ContainsFunc(list, func(other Order) bool { return slices.Equal(other.Truth, o.Truth) }) {
			list = append(list, o)
		}
	}
	add("as the model has them", nil, spec.Match(all, nil).Index)
	for _, n := range namings(spec, all) {
		add(n.name, n.names, classlist.MatchLabels(n.names, all, nil).Index)
	}
	return list
}

type naming struct {
	name  string
	names []string
}

// namings are the lists of names to try besides the model's own.
func namings(spec *classifier.Spec, all []string) (list []naming) {
	count := spec.Output.Classes
	from := naming{"class names", spec.Classes}
	if !spec.Named() {
		from = naming{"labels of the dataset", all}
	}
	list = sorted(from, count)
	if rest := classlist.WithoutBackground(from.names); len(rest) == count-1 {
		for _, n := range append([]naming{{from.name, rest}}, sorted(naming{from.name, rest}, count-1)...) {
			list = append(list,
				naming{n.name + " behind a background class", append([]string{background}, n.names...)},
				naming{n.name + " before a background class", append(slices.Clone(n.names), background)})
		}
	}
	if len(spec.ClassIDs) == count {
		list = append(list, naming{"class names by WordNet id", byID(spec.Classes, spec.ClassIDs)})
	}
	return list
}

const background = "background"

// sorted are count names in the usual orders, none if there are others than count.
func sorted(from naming, count int) (list []naming) {
	if len(from.names) != count {
		return nil
	}
	list = []naming{{from.name + " sorted", slices.Sorted(slices.Values(from.names))}}
	if numbered := byNumber(from.names); numbered != nil {
		list = append(list, naming{from.name + " by number", numbered})
	}
	return list
}

// byNumber are the names in the order of the numbers that they are, nil if one is none.
func byNumber(names []string) []string {
	numbers := map[string]int{}
	for _, name := range names {
		n, err := strconv.Atoi(name)
		if err != nil {
			return nil
		}
		numbers[name] = n
	}
	sorted := slices.Clone(names)
	slices.SortStableFunc(sorted, func(a, b string) int { return numbers[a] - numbers[b] })
	return sorted
}

func byID(names, ids []string) []string {
	index := make([]int, len(names))
	for i := range index {
		index[i] = i
	}
	slices.SortStableFunc(index, func(a, b int) int { return strings.Compare(ids[a], ids[b]) })
	out := make([]string, len(names))
	for i, k := range index {
		out[i] = names[k]
	}
	return out
}

// tryOrders takes the options with each order of the class names; the model's own comes first.
func tryOrders(p *Problem, options []option) (list []option) {
	for i, order := range p.Orders {
		for _, o := range options {
			if o.order = i; i > 0 {
				o.classes = order.Name
				o.kind += "; " + order.Name
			}
			list = append(list, o)
		}
	}
	return list
}
