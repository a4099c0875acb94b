package findings

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Kinds of finding that figures alone show; [Reason] and [Shortcut] take tests.
const (
	Confusion     = "confusion"
	Label         = "label"
	Slice         = "slice"
	Duplicate     = "duplicate"
	Leak          = "leak"
	Calibration   = "calibration"
	Preprocessing = "preprocessing"
	Data          = "data"
	Shift         = "shift"
)

// Answer is a labelled image and what the model said of it. Split, Folder and Format are
// indices into the lists of [Answers].
type Answer struct {
	Sample     int64
	Truth      int32 // class
	Predicted  int32 // class
	Other      int32 // the class that confident learning puts it in; -1 for none
	Split      int32
	Folder     int32
	Format     int32
	Copy       int32   // the same for files with the same bytes; -1 if there is no other
	Printed    bool    // whether its fingerprint is known
	Plain      bool    // whether that says nothing
	Confidence float64 // of the prediction, 0 to 1
	Width      float64 // of the displayed image, pixels
	Height     float64
	Bytes      float64 // of the file
	Inside     bool    // among the images that the figures are of
}

// wrong tells whether the prediction is not the label.
func (a *Answer) wrong() bool { return a.Truth != a.Predicted }

// Answers is the table that figures are computed from: all labelled images with a prediction.
type Answers struct {
	List    []Answer
	Classes []string
	Splits  []string
	Folders []string
	Formats []string
	Regions []Presence
	Near    []Near
	Crowded bool   // so many images look alike that pairs of the same image are not told
	Many    bool   // there are too many images to compare them all
	Of      string // the slice of those inside
}

// Near is two images of different bytes that show the same, by their places in the list; A < B.
type Near struct{ A, B int32 }

// Presence tells which images have a region.
type Presence struct {
	Region string
	Has    map[int64]bool
}

// inside lists those that the figures are of.
func (t *Answers) inside() []*Answer {
	var list []*Answer
	for i := range t.List {
		if t.List[i].Inside {
			list = append(list, &t.List[i])
		}
	}
	return list
}

// Statement is a finding that figures alone show.
type Statement struct {
	Kind      string
	Key       string // the same for the same finding of another evaluation of the dataset
	Class     int    // All where it is of no class
	ClassName string
	Effect    float64
	Low, High float64 // of the effect, 95 %
	Unit      string
	N         int     // images it is of
	Q         float64 // p-value, corrected; NaN where nothing is left to chance
	Tests     int     // made of this kind
	Won       float64 // errors that could be won; 0 where none are
	WonLow    float64
	WonHigh   float64
	Short     string // a clause for the headline
	Text      string
	Next      string // what to do
	Samples   []int64
	Pairs     bool     // samples are pairs, to be seen side by side
	Captions  []string // of pairs: the label and split of each sample
	Every     []int64  // of near duplicates: all pairs, of which Samples has the first
	Labels    []string // and the label and split of each
	Doors     []Door
}

// Door leads to the images of a finding.
type Door struct{ Title, Slice string }

// Quiet is what was looked for and not found.
type Quiet struct{ Kind, Text string }

// shownSamples is how many images a finding shows at most.
const shownSamples = 8

// Figures finds what the figures show, what weighs most first, and what they do not.
func Figures(t *Answers) (list []Statement, quiet []Quiet) {
	of := newInspection(t)
	for _, kind := range []struct {
		name string
		find func(*inspection) ([]Statement, string)
	}{
		{Leak, both(leaks, nearLeaks)}, {Preprocessing, preparation}, {Confusion, confusions}, {Slice, worstSlices}, {Data, lacking},
		{Label, labels}, {Shift, shifts}, {Calibration, calibration}, {Duplicate, both(duplicates, nearDuplicates)},
	} {
		found, none := kind.find(of)
		for i := range found {
			found[i].Kind = kind.name
			found[i].Key = keyOf(kind.name, found[i].Key)
			if s := &found[i]; s.Pairs {
				s.Captions, s.Labels = of.captions(s.Samples), of.captions(s.Every)
			}
		}
		list = append(list, found...)
		if len(found) == 0 {
			quiet = append(quiet, Quiet{kind.name, none})
		}
	}
	list = slices.DeleteFunc(list, func(s Statement) bool { return s.Kind == Slice && of.explained(&s, list) })
	slices.SortStableFunc(list, weight)
	return list, quiet
}

// explained tells whether a weak class is said better by another statement: one confusion holds
// most of its errors, or it lacks data.
func (t *inspection) explained(s *Statement, list []Statement) bool {
	return s.Key == keyOf(Slice, "class", named(s.ClassName)) && slices.ContainsFunc(list, func(o Statement) bool {
		return o.Class == s.Class && (o.Kind == Data || o.Kind == Confusion && 2*o.Effect*float64(o.N) > float64(t.class[s.Class].Wrong))
	})
}

// keyOf is a key made of the kind and of names, each escaped.
func keyOf(kind string, names ...string) string {
	parts := []string{kind}
	for _, n := range names {
		if n != "" {
			parts = append(parts, n)
		}
	}
	return strings.Join(parts, "/")
}

// named escapes names of a key.
func named(names ...string) string {
	for i, n := range names {
		names[i] = url.PathEscape(n)
	}
	return strings.Join(names, "/")
}

// Key is what a finding of a test is dismissed by, whatever model has it.
func (f *Finding) Key(classes []string) string {
	class := ""
	if f.Class >= 0 {
		class = classes[f.Class]
	}
	return keyOf(f.Kind, named(class, f.Region))
}

// weight orders statements: what makes all figures doubtful first, then by errors that could
// be won, then by the size of the effect.
func weight(a, b Statement) int {
	doubt := func(s *Statement) int {
		if s.Kind == Leak || s.Kind == Preprocessing {
			return 0
		}
		return 1
	}
	return cmp.Or(doubt(&a)-doubt(&b), cmp.Compare(b.Won, a.Won), cmp.Compare(math.Abs(b.Effect), math.Abs(a.Effect)))
}

// inspection is a table with what several kinds of finding need.
type inspection struct {
	*Answers
	rows  []*Answer   // inside
	of    [][]*Answer // the same by label
	class []Tally     // of those inside, by label
	all   Tally
	noise noise // labels that are probably wrong
}

// Tally counts images and wrong ones.
type Tally struct{ N, Wrong int }

func (t *Tally) add(wrong bool) {
	t.N++
	if wrong {
		t.Wrong++
	}
}

// rate is the share that is wrong.
func (t Tally) rate() float64 { return float64(t.Wrong) / float64(max(1, t.N)) }

func newInspection(t *Answers) *inspection {
	of := &inspection{Answers: t, rows: t.inside(), of: make([][]*Answer, len(t.Classes)), class: make([]Tally, len(t.Classes))}
	for _, a := range of.rows {
		of.of[a.Truth] = append(of.of[a.Truth], a)
		of.all.add(a.wrong())
		of.class[a.Truth].add(a.wrong())
	}
	of.noise = findNoise(of.rows)
	return of
}

// surest lists samples, those with the most confident prediction first, at most as many as are shown.
func surest(list []*Answer) []int64 {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b *Answer) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(a.Sample, b.Sample))
	})
	ids := []int64{}
	for _, a := range list[:min(len(list), shownSamples)] {
		ids = append(ids, a.Sample)
	}
	return ids
}

// count writes a small number as a word.
func count(n int) string {
	words := []string{"none", "one", "two", "three", "four", "five", "six"}
	if n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n)
}

// plural counts things whose name takes an s.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// tooFew says that so many images cannot tell what the least can.
func tooFew(n, least int) string {
	return fmt.Sprintf("not looked at, as %s %s too few (%d)", plural(n, "image"), isAre(n == 1), least)
}

// plain escapes a name for a slice, as slices are written.
func plain(name string) string {
	return strings.NewReplacer("+", "%20", "%2F", "/").Replace(url.QueryEscape(name))
}
