package server

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sightline/sightline/classifier/classlist"
	"github.com/sightline/sightline/metrics"
	"github.com/sightline/sightline/results"
)

// An order is a list of names as some training numbers its classes: the first is output 0.
type order struct {
	what  string
	names []string
}

// orders are those that trainings take from the names of folders. Of names that are numbers
// those of folders without images are known too.
func orders(labels []string, classes int) []order {
	var found []order
	byText := func(names []string) {
		slices.Sort(names)
		found = append(found, order{"sorted as text", names})
	}
	switch first, numeric := numbered(labels, classes); {
	case numeric && first == 0:
		byText(numbersFrom(0, classes))
	case numeric:
		byText(numbersFrom(1, classes))
		found = append(found, order{"by number, from 1", numbersFrom(1, classes)})
	case len(labels) == classes:
		byText(slices.Clone(labels))
	}
	return found
}

func numbersFrom(first, count int) []string {
	names := make([]string, count)
	for i := range names {
		names[i] = strconv.Itoa(first + i)
	}
	return names
}

// numbered reports whether all labels are numbers as written without zeros in front: from 0, or
// from 1 to the number of classes.
func numbered(labels []string, classes int) (first int, ok bool) {
	low, high := classes, 0
	for _, label := range labels {
		n, err := strconv.Atoi(label)
		if err != nil || n < 0 || n > classes || strconv.Itoa(n) != label {
			return 0, false
		}
		low, high = min(low, n), max(high, n)
	}
	if high < classes {
		return 0, len(labels) > 0
	}
	return 1, low > 0
}

// muchBetter is how much higher, surely, the accuracy in another order of names has to be.
const muchBetter = 0.1

// otherOrder says which order of the class names would give a far higher accuracy: the rows of
// the counts stay, and each label's own column is where the order has its name. "" if none does.
func otherOrder(e *results.Evaluation, c *metrics.Confusion) string {
	var m classlist.Matching
	_ = json.Unmarshal(e.Matching, &m) // written by package tasks
	var labels []string
	rows := map[int]int{}
	for label, i := range m.Index {
		labels, rows[i] = append(labels, label), rows[i]+1
	}
	for _, u := range m.Unknown {
		labels = append(labels, u.Label)
	}
	total := c.Total()
	_, high := interval(c.Correct(), total)
	for _, o := range orders(labels, len(e.Classes)) {
		right := 0
		for label, i := range m.Index {
			if k := slices.Index(o.names, label); k >= 0 && rows[i] == 1 {
				right += c.At(i, k)
			}
		}
		if low, _ := interval(right, total); low > high+muchBetter {
			some := o.names[:min(5, len(o.names))]
			return fmt.Sprintf("accuracy would be %.1f %% instead of %.1f %% if the classes were the labels %s (%s, …), as trainings on class folders number them: "+
				"write the names in this order, one per line, and add the model again with --classes FILE", 100*float64(right)/float64(total), 100*c.Accuracy(), o.what, strings.Join(some, ", "))
		}
	}
	return ""
}
