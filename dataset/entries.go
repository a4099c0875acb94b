package dataset

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/sightline/sightline/internal/files"
)

// fromEntries makes samples of the rows of a table or list, and remarks of the
// rows without a file and of the images without a row.
func (r *Result) fromEntries(t *tree, entries []Entry, file string) error {
	f := newFinder(r.disk, r.Source.Root, filepath.Dir(file), t)
	at := map[string]int{}
	for _, e := range entries {
		found, why := f.find(e.Path)
		if f.err != nil {
			return f.err
		}
		if found == "" {
			r.remark(Missing, e.Path, "line %d: %s", e.Line, why)
			continue
		}
		if e.Split == "" {
			e.Split = r.Source.Split
		}
		if err := errors.Join(nameable("label", e.Label), nameable("split", e.Split)); err != nil {
			return fmt.Errorf("%s: line %d: %w", file, e.Line, err)
		}
		s := Sample{Path: found, Label: e.Label, Labelled: e.Labelled, Split: e.Split}
		if i, twice := at[found]; twice {
			if err := agree(r.Samples[i], s, e.Line); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			continue
		}
		at[found] = len(r.Samples)
		r.Samples = append(r.Samples, s)
	}
	r.warnOutside(file)
	for _, p := range t.images {
		if _, ok := at[p]; !ok {
			r.remark(Unlisted, p, "not in %s", files.Base(file))
		}
	}
	for _, p := range t.others {
		r.remark(Stray, p, "not an image by its ending")
	}
	return nil
}

// longestText is how many bytes the name of a label, a split or a region may have: every list of
// them carries it.
const longestText = 1000

// nameable refuses a name that no list could show.
func nameable(what, name string) error {
	if n := len(name); n > longestText {
		return fmt.Errorf("the name of a %s has %d bytes, at most %d may be: is this the right column?", what, n, longestText)
	}
	if strings.Contains(name, "\x00") {
		return fmt.Errorf("the name of a %s, %q, holds a zero byte", what, name)
	}
	return nil
}

// warnOutside says how many files of a table lie outside of the folder that was given.
func (r *Result) warnOutside(file string) {
	count, first := 0, ""
	for _, s := range r.Samples {
		if isAbsolute(s.Path) {
			if count++; count == 1 {
				first = s.Path
			}
		}
	}
	if count > 0 {
		r.remark(Warning, "", "%d of the %d files of %s lie outside of %s; the first is %s", count, len(r.Samples), files.Base(file), r.Source.Root, first)
	}
}

// agree refuses a path that is listed twice with different labels or splits.
func agree(first, again Sample, line int) error {
	if first.Label != again.Label || first.Split != again.Split {
		return fmt.Errorf("line %d: %s is listed twice, as %s and as %s; keep one row", line, again.Path, first.said(), again.said())
	}
	return nil
}

// said is a sample's label and split in words.
func (s Sample) said() string {
	if s.Split == "" {
		return strconv.Quote(s.Label)
	}
	return fmt.Sprintf("%q of %s", s.Label, s.Split)
}

// finder finds the file a table means by a path. Names are compared in Unicode's
// composed form (NFC): tables written on a Mac often hold the decomposed one.
type finder struct {
	disk         *disk
	err          error // ends the scan
	root, beside string
	images       map[string]string   // composed path → path
	byName       map[string][]string // composed base name → paths
	byStem       map[string][]string // composed base name without its ending → paths
}

func newFinder(d *disk, root, beside string, t *tree) *finder {
	f := &finder{disk: d, root: root, beside: beside, images: map[string]string{}, byName: map[string][]string{}, byStem: map[string][]string{}}
	for _, p := range t.images {
		composed := norm.NFC.String(p)
		name := path.Base(composed)
		f.images[composed] = p
		f.byName[name] = append(f.byName[name], p)
		stem := strings.TrimSuffix(name, path.Ext(name))
		f.byStem[stem] = append(f.byStem[stem], p)
	}
	return f
}

// find tries a path relative to the root, relative to the table, the longest end
// of an absolute path of another machine, and, for a bare name, with or without
// its ending, anywhere under the root where it is the only one; why says what
// went wrong.
func (f *finder) find(p string) (found, why string) {
	p = norm.NFC.String(p)
	if known, ok := f.images[path.Clean(p)]; ok {
		return known, ""
	}
	if full, ok := f.place(p); ok {
		return full, ""
	}
	same := f.byName[path.Base(p)]
	switch {
	case isAbsolute(p):
		same = longestEnd(same, p)
	case strings.Contains(p, "/"):
		same = f.withEnding(p)
	case len(same) == 0:
		same = f.byStem[p]
	}
	switch len(same) {
	case 0:
		return "", "there is no such file"
	case 1:
		return same[0], ""
	}
	return "", fmt.Sprintf("%d files have that name, such as %s and %s; give the path", len(same), same[0], same[1])
}

// withEnding returns the files of a path that lacks its ending.
func (f *finder) withEnding(p string) []string {
	var found []string
	for _, q := range f.byStem[path.Base(p)] {
		if strings.TrimSuffix(norm.NFC.String(q), path.Ext(q)) == path.Clean(p) {
			found = append(found, q)
		}
	}
	return found
}

// isAbsolute reports whether a path (with slashes) begins at a root, of this
// machine or with a drive letter.
func isAbsolute(p string) bool {
	return strings.HasPrefix(p, "/") || len(p) > 2 && p[1] == ':' && p[2] == '/'
}

// longestEnd keeps those of the paths that share the most folders with the end of p.
func longestEnd(paths []string, p string) []string {
	var best []string
	most := 0
	for _, q := range paths {
		n := commonEnd(norm.NFC.String(q), p)
		if n > most {
			best, most = nil, n
		}
		if n == most {
			best = append(best, q)
		}
	}
	return best
}

// commonEnd counts the parts that two paths have in common at their ends.
func commonEnd(a, b string) int {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(x) && n < len(y) && x[len(x)-1-n] == y[len(y)-1-n] {
		n++
	}
	return n
}

// place looks for a file outside the tree that was walked, or named otherwise.
func (f *finder) place(p string) (string, bool) {
	if files.IsObject(f.root) {
		return "", false // all that there is was listed
	}
	candidates := []string{filepath.Join(f.root, p), filepath.Join(f.beside, p)}
	if filepath.IsAbs(p) {
		candidates = []string{p}
	}
	for _, c := range candidates {
		info, err := f.disk.stat(c)
		if err == nil && info.Mode().IsRegular() {
			return relative(f.root, c), true
		}
		if f.err = f.disk.silence(err); f.err != nil {
			break
		}
	}
	return "", false
}

// relative names a file as Sample.Path does.
func relative(root, file string) string {
	rel, err := filepath.Rel(root, file)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(rel)
}
