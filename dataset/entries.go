package dataset

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// fromEntries makes samples of the rows of a table or list, and remarks of the
// rows without a file and of the images without a row.
func (r *Result) fromEntries(t *tree, entries []Entry, file string) error {
	f := newFinder(r.Source.Root, filepath.Dir(file), t)
	at := map[string]int{}
	for _, e := range entries {
		found, why := f.find(e.Path)
		if found == "" {
			r.remark(Missing, e.Path, "line %d: %s", e.Line, why)
			continue
		}
		if e.Split == "" {
			e.Split = r.Source.Split
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
	for _, p := range t.images {
		if _, ok := at[p]; !ok {
			r.remark(Unlisted, p, "not in %s", filepath.Base(file))
		}
	}
	for _, p := range t.others {
		r.remark(Stray, p, "not an image by its ending")
	}
	return nil
}

// agree refuses a path that is listed twice with different labels or splits.
func agree(first, again Sample, line int) error {
	if first.Label != again.Label || first.Split != again.Split {
		return fmt.Errorf("line %d: %s is listed twice, as %q %s and as %q %s; keep one row", line, again.Path, first.Label, first.Split, again.Label, again.Split)
	}
	return nil
}

// finder finds the file a table means by a path.
type finder struct {
	root, beside string
	images       map[string]bool
	byName       map[string][]string
}

func newFinder(root, beside string, t *tree) *finder {
	f := &finder{root: root, beside: beside, images: map[string]bool{}, byName: map[string][]string{}}
	for _, p := range t.images {
		f.images[p] = true
		f.byName[path.Base(p)] = append(f.byName[path.Base(p)], p)
	}
	return f
}

// find tries a path relative to the root, relative to the table, and, if it is
// a bare name, anywhere under the root where it is the only one; why says what
// went wrong.
func (f *finder) find(p string) (found, why string) {
	if f.images[path.Clean(p)] {
		return path.Clean(p), ""
	}
	if full, ok := f.place(p); ok {
		return full, ""
	}
	same := f.byName[p]
	switch {
	case strings.Contains(p, "/") || len(same) == 0:
		return "", "there is no such file"
	case len(same) > 1:
		return "", fmt.Sprintf("%d files have that name, such as %s and %s; give the path", len(same), same[0], same[1])
	}
	return same[0], ""
}

// place looks for a file outside the tree that was walked, or named otherwise.
func (f *finder) place(p string) (string, bool) {
	candidates := []string{filepath.Join(f.root, p), filepath.Join(f.beside, p)}
	if filepath.IsAbs(p) {
		candidates = []string{p}
	}
	for _, c := range candidates {
		if info, err := os.Stat(c); err == nil && info.Mode().IsRegular() {
			return relative(f.root, c), true
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
