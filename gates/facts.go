package gates

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sightline/sightline/internal/spelling"
)

// All stands for all classes together.
const All = -1

// Facts are what is known of an evaluation. Classes are indices into Classes.
type Facts struct {
	Classes    []string
	Slice      string    // the images that the figures are over
	Counts     []Count   // of each class, over these images
	Confidence []float32 // of each labelled image's prediction
	Right      []bool    // and whether that is right

	Regions  []string           // that the dataset or every image has
	Shares   map[int][]AreaFact // what maps say, by index of a share rule in its file
	Leaks    []Leak             // images that other splits hold too; none where there are none
	Near     []Leak             // measured images that show the same as one of another split
	NearNot  string             // why that could not be told; "" where it could
	Splits   int                // that the dataset has
	Tests    Tests              // what the model decides by
	Before   *Before            // the baseline; nil without one
	DoorsFor func(class int) string
}

// Count is how many images have a label, and how many of them are predicted right.
type Count struct{ Images, Right int }

// AreaFact is the mean share of positive attribution on a region.
type AreaFact struct {
	Class  int // All: of all images together
	Region string
	Share  Figure
	Images int // with the label; Share.N of them have a map that counts
	Slice  string
}

// Leak is a finding that images the model is measured on lie in another split, too.
type Leak struct {
	Images Figure // share of the measured ones
	Text   string
	Slice  string
}

// Tests are what hiding, swapping and pasting showed.
type Tests struct {
	Done      bool   // all that was planned was tried
	Next      string // how to get there
	Pairs     int    // of class and area that were tested against controls
	Areas     []AreaTest
	Shortcuts []Shortcut
}

// AreaTest is what changing an area did to a class's right answers.
type AreaTest struct {
	Class      int // All: pooled over the classes
	Region     string
	More       Figure // share turned, less that of the control
	Controlled bool   // else More is the share turned, without a control
	Few        bool   // of too few images: what was pooled over the classes stands for it
	How        string // in words
	Slice      string
}

// Shortcut is a finding that a class is decided by what it should not be.
type Shortcut struct {
	Class  int // All: pooled
	Name   string
	Region string
	Text   string
	Slice  string
}

// Before is what is known of the baseline.
type Before struct {
	ID      string
	Images  int // that both evaluations predicted
	Changes []Change
	Tests   Tests
}

// Change is what became of the images with a label.
type Change struct {
	Class         int
	Images        int
	Fixed, Broken int
	Recall        float64 // now
	Was           float64
	Difference    Figure
	Corrected     float64 // p of McNemar's test, corrected for the number of classes
	Slice         string
}

// classes finds those that a rule names: nil for all together.
func (f *Facts) classes(file string, r *Rule) (list []int, err error) {
	if r.Region != "" && !slices.Contains(f.Regions, r.Region) {
		return nil, r.Wrong(file, fmt.Sprintf("%s: there is no region %q%s (there are %s)", r.Kind, r.Region, spelling.Hint(r.Region, f.Regions), strings.Join(f.Regions, ", ")))
	}
	if r.each() {
		for i := range f.Classes {
			list = append(list, i)
		}
		return list, nil
	}
	for _, name := range r.Classes {
		i := slices.Index(f.Classes, name)
		if n, err := strconv.Atoi(name); i < 0 && err == nil && n >= 0 && n < len(f.Classes) {
			i = n
		}
		if i < 0 {
			return nil, r.Wrong(file, fmt.Sprintf("%s: the model has no class %q%s", r.Kind, name, spelling.Hint(name, f.Classes)))
		}
		list = append(list, i)
	}
	return list, nil
}

func (f *Facts) door(class int) string {
	if f.DoorsFor == nil {
		return f.Slice
	}
	return f.DoorsFor(class)
}
