package findings

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/sightline/sightline/stats"
)

// A slice is bad if it errs more than its classes do elsewhere, corrected for all that were
// searched (Bonferroni), and by so much.
const (
	fewestOfSlice = 20
	fewestWon     = 2.0
	mostFolders   = 200
	mostSlices    = 3
	mostOverlap   = 0.5 // of its images may be in a worse slice
)

// part is a candidate: images that have something in common.
type part struct {
	what  string // in a sentence: "images with …"
	key   string
	door  string // its criteria; "" where the language has none
	class int    // All: of any
	has   func(*Answer) bool
}

// worst is a part with what was found of it.
type worst struct {
	part
	rows        []*Answer
	wrong       int
	expected, p float64
}

// worstSlices finds the slices that err most: classes, and folders, splits, sizes, shapes,
// compression and regions, each of all classes and of each. A slice that is not a class is held
// against the other images of the same classes, so that it is not bad for having hard ones.
func worstSlices(t *inspection) ([]Statement, string) {
	searched := 0
	var found []worst
	for _, p := range t.parts() {
		if w, ok := t.assess(p); ok {
			searched++
			found = append(found, w)
		}
	}
	found = slices.DeleteFunc(found, func(w worst) bool {
		more := float64(w.wrong) - w.expected
		return w.p*float64(searched) > significant || more < fewestWon || more < moreErrors*float64(len(w.rows))
	})
	slices.SortStableFunc(found, func(a, b worst) int {
		return cmp.Compare(float64(b.wrong)-b.expected, float64(a.wrong)-a.expected)
	})
	var list []Statement
	taken := map[int64]bool{}
	for _, w := range found {
		again := 0
		for _, a := range w.rows {
			again += int(one(taken[a.Sample]))
		}
		if float64(again) > mostOverlap*float64(len(w.rows)) || len(list) == mostSlices {
			continue
		}
		for _, a := range w.rows {
			taken[a.Sample] = true
		}
		list = append(list, t.slice(w, searched))
	}
	if searched == 0 {
		return nil, fmt.Sprintf("Slices: not looked for, as nothing has %d images beside %d others.", fewestOfSlice, fewestOfSlice)
	}
	return list, fmt.Sprintf("Slices: of %d that were searched, none errs much more than its classes do elsewhere.", searched)
}

// assess tests a part; ok is false if it, or what is left, is too small.
func (t *inspection) assess(p part) (w worst, ok bool) {
	w.part = p
	by := make([]stats.Stratum, len(t.Classes))
	whole := stats.Stratum{N: t.all.N, Wrong: t.all.Wrong}
	rows := t.rows
	if p.class >= 0 {
		rows = t.of[p.class]
	}
	for _, a := range rows {
		if !p.has(a) {
			continue
		}
		w.rows = append(w.rows, a)
		by[a.Truth].Part++
		w.wrong += int(one(a.wrong()))
	}
	n := len(w.rows)
	if n < fewestOfSlice || t.all.N-n < fewestOfSlice {
		return w, false
	}
	if whole.Part = n; p.key == "class" {
		w.p, w.expected = stats.StrataTail(w.wrong, []stats.Stratum{whole})
		// What is expected are the errors that the others make.
		w.expected = Tally{t.all.N - n, t.all.Wrong - w.wrong}.rate() * float64(n)
		return w, true
	}
	rest := 0
	for c := range by {
		if by[c].Part == 0 {
			continue
		}
		by[c].N, by[c].Wrong = t.class[c].N, t.class[c].Wrong
		rest += by[c].N - by[c].Part
	}
	if rest < fewestOfSlice { // the slice is its classes: they have been searched by themselves
		return w, false
	}
	w.p, w.expected = stats.StrataTail(w.wrong, by)
	return w, true
}

// parts lists the candidates.
func (t *inspection) parts() []part {
	var list []part
	for c := range t.Classes {
		if t.class[c].N < t.all.N {
			list = append(list, part{"", "class", fmt.Sprintf("label=%d", c), c, func(*Answer) bool { return true }})
		}
	}
	common := slices.Concat(t.sizeParts(), t.nameParts())
	list = append(list, common...)
	for _, p := range common {
		for c := range t.Classes {
			if t.class[c].N >= 2*fewestOfSlice {
				p.class = c
				list = append(list, p)
			}
		}
	}
	return list
}

// sizeParts are thirds by size and compression, and shapes.
func (t *inspection) sizeParts() []part {
	area := func(a *Answer) float64 { return math.Sqrt(a.Width * a.Height) }
	dense := func(a *Answer) float64 { return a.Bytes / math.Max(1, a.Width*a.Height) }
	low, high := t.thirds(area)
	thin, thick := t.thirds(dense)
	list := []part{
		{"that are wide (3 : 2 or more)", "wide", "", All, func(a *Answer) bool { return a.Width >= 1.5*a.Height }},
		{"that are tall (2 : 3 or more)", "tall", "", All, func(a *Answer) bool { return a.Height >= 1.5*a.Width }},
	}
	if low < high {
		list = append(list,
			part{fmt.Sprintf("of at most %.0f pixels a side", low), "small", "", All, func(a *Answer) bool { return area(a) <= low }},
			part{fmt.Sprintf("of more than %.0f pixels a side", high), "large", "", All, func(a *Answer) bool { return area(a) > high }})
	}
	if thin < thick {
		list = append(list,
			part{fmt.Sprintf("with at most %.2f bytes a pixel (plain, blurred or much compressed)", thin), "thin", "", All, func(a *Answer) bool { return dense(a) <= thin }},
			part{fmt.Sprintf("with more than %.2f bytes a pixel (detailed, noisy or little compressed)", thick), "thick", "", All, func(a *Answer) bool { return dense(a) > thick }})
	}
	return list
}

// thirds are the values that cut the images into three parts.
func (t *inspection) thirds(of func(*Answer) float64) (low, high float64) {
	values := make([]float64, len(t.rows))
	for i, a := range t.rows {
		values[i] = of(a)
	}
	if len(values) == 0 {
		return 0, 0
	}
	slices.Sort(values)
	return values[(len(values)-1)/3], values[2*(len(values)-1)/3]
}

// nameParts are folders, formats, splits and regions.
func (t *inspection) nameParts() []part {
	var list []part
	if len(t.Folders) > 1 && len(t.Folders) <= mostFolders {
		for f, name := range t.Folders {
			door, _ := t.folderDoor(int32(f))
			list = append(list, part{"in the folder " + name, "folder/" + url.PathEscape(name), door.Slice, All, func(a *Answer) bool { return int(a.Folder) == f }})
		}
	}
	for s, name := range t.Splits {
		list = append(list, part{"of " + name, "split/" + url.PathEscape(name), "split=" + plain(name), All, func(a *Answer) bool { return int(a.Split) == s }})
	}
	for f, name := range t.Formats {
		list = append(list, part{"stored as " + name, "format/" + url.PathEscape(name), "", All, func(a *Answer) bool { return int(a.Format) == f }})
	}
	for _, r := range t.Regions {
		list = append(list,
			part{"with a region " + r.Region, "with/" + url.PathEscape(r.Region), "", All, func(a *Answer) bool { return r.Has[a.Sample] }},
			part{"without a region " + r.Region, "without/" + url.PathEscape(r.Region), "", All, func(a *Answer) bool { return !r.Has[a.Sample] }})
	}
	return list
}

// folderDoor leads to a folder by the path, if that selects nothing else.
func (t *inspection) folderDoor(folder int32) (Door, bool) {
	name := t.Folders[folder] + "/"
	for i, other := range t.Folders {
		if int32(i) != folder && strings.Contains(strings.ToLower(other+"/"), strings.ToLower(name)) {
			return Door{}, false
		}
	}
	return Door{"The folder " + t.Folders[folder], "q=" + plain(name)}, true
}

// slice puts a bad slice in words.
func (t *inspection) slice(w worst, searched int) Statement {
	n := float64(len(w.rows))
	low, high := stats.Wilson(w.wrong, len(w.rows), stats.Level)
	s := Statement{Class: w.class, Effect: float64(w.wrong) / n, Low: low, High: high, Unit: "share of wrong answers", N: len(w.rows), Q: math.Min(1, w.p*float64(searched)), Tests: searched}
	s.Won, s.WonLow, s.WonHigh = float64(w.wrong)-w.expected, math.Max(0, low*n-w.expected), high*n-w.expected
	of := "images " + w.what
	if s.Key = w.key; w.class >= 0 {
		s.ClassName = t.Classes[w.class]
		s.Key += "/" + url.PathEscape(s.ClassName)
		of = strings.TrimSpace(s.ClassName + " " + w.what)
	}
	against := "as their classes err elsewhere"
	if w.key == "class" {
		against = "as the other classes err"
	}
	s.Short = fmt.Sprintf("%s %s wrong in %d of %d images", of, isAre(w.class >= 0), w.wrong, len(w.rows))
	s.Text = fmt.Sprintf("%s (%s); %s it would be %s. It was found among %s, which is corrected for.", capital(s.Short), between(low, high), against, about(w.expected), plural(searched, "slice"))
	s.Next = "Look at the errors for what they have in common; collect, or enrich, training images of that kind."
	s.Samples = surest(slices.DeleteFunc(slices.Clone(w.rows), func(a *Answer) bool { return !a.wrong() }))
	if w.door != "" {
		door := w.door
		if w.class >= 0 && w.key != "class" {
			door = fmt.Sprintf("label=%d&%s", w.class, door)
		}
		if door = "correct=false&" + door; !strings.Contains(door, "split=") {
			door = t.within(door)
		}
		s.Doors = []Door{{"The errors", door}}
	} else if w.class >= 0 {
		s.Doors = []Door{{"All errors of " + s.ClassName, t.within(fmt.Sprintf("label=%d&correct=false", w.class))}}
	}
	return s
}

func isAre(single bool) string {
	if single {
		return "is"
	}
	return "are"
}
