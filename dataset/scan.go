package dataset

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sightline/sightline/internal/files"
)

// Scan finds and reads the images of a source: every file once, to hash it and
// to read its header, several at a time. progress may be nil; it is called from
// one goroutine at a time. Files that cannot be samples are among the samples,
// with a Problem. A missing folder is ErrNoFolder, a source without any image
// ErrNoImages.
func Scan(ctx context.Context, src Source, progress func(Progress)) (*Result, error) {
	return ScanWith(ctx, files.NewWaiter(time.Minute), src, progress)
}

// ScanWith is Scan that waits for files and folders as long as w says. One without an answer
// has a Problem; where nothing is answered any more the error is files.ErrNoAnswer.
func ScanWith(ctx context.Context, w *files.Waiter, src Source, progress func(Progress)) (*Result, error) {
	d := &disk{Waiter: w, ctx: ctx}
	src, err := src.resolve(d)
	if err != nil {
		return nil, err
	}
	tree, err := walk(d, src)
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", src.Root, err)
	}
	r := &Result{Source: src, disk: d}
	if err := r.list(tree); err != nil {
		return nil, err
	}
	for name, why := range tree.problems {
		r.Samples = append(r.Samples, Sample{Path: name, Split: src.Split, Problem: why})
	}
	for name, target := range tree.outside {
		r.remark(Warning, name, "the folder %s is a link to %s, outside of %s: its images are counted in", name, target, src.Root)
	}
	r.warnLinked(tree)
	r.warnTwice(tree)
	if len(r.Samples) == 0 {
		return nil, r.nothing()
	}
	if err := readAll(d, r, progress); err != nil {
		return nil, err
	}
	if err := r.addRegions(); err != nil {
		return nil, err
	}
	if err := r.addColumns(tree); err != nil {
		return nil, err
	}
	r.sort()
	r.disk = nil
	return r, nil
}

// list fills in paths, labels and splits by the source's layout.
func (r *Result) list(t *tree) error {
	switch {
	case r.Source.Labels != "":
		r.Layout = "table"
		return r.fromTable(t)
	case r.Source.List != "":
		r.Layout = "list"
		return r.fromList(t)
	}
	r.Layout = "folders"
	r.fromFolders(t)
	return nil
}

// resolve makes the paths absolute and checks that they are there. Root may be
// left out with a table or list: it is then the folder the file is in.
func (s Source) resolve(d *disk) (Source, error) {
	s, err := s.absolute()
	if err != nil {
		return s, err
	}
	info, err := d.stat(s.Root)
	if errors.Is(err, files.ErrNoAnswer) || d.ctx.Err() != nil {
		return s, fmt.Errorf("%s: %w", s.Root, err)
	}
	if err != nil {
		return s, fmt.Errorf("%w: %s; give the folder that holds the images", ErrNoFolder, s.Root)
	}
	if !info.IsDir() {
		return s, fmt.Errorf("%w: %s is a file; give the folder that holds the images, and a table of labels with --labels", ErrNoFolder, s.Root)
	}
	return s, nil
}

// absolute makes the paths absolute; addresses of objects are.
func (s Source) absolute() (Source, error) {
	if s.Labels != "" && s.List != "" {
		return s, fmt.Errorf("a table of labels (%s) and a list without labels (%s) exclude each other: give one", s.Labels, s.List)
	}
	if s.Root == "" {
		s.Root = filepath.Dir(s.Labels + s.List)
	}
	s.Regions, s.Columns = slices.Clone(s.Regions), slices.Clone(s.Columns)
	paths := []*string{&s.Root, &s.Labels, &s.List}
	for _, list := range [][]string{s.Regions, s.Columns} {
		for i := range list {
			paths = append(paths, &list[i])
		}
	}
	for _, p := range paths {
		if *p == "" || files.IsObject(*p) {
			continue
		}
		var err error
		if *p, err = filepath.Abs(*p); err != nil {
			return s, err
		}
	}
	return s, nil
}

// nothing explains why there is no sample.
func (r *Result) nothing() error {
	if missing := r.count(Missing); missing > 0 {
		return fmt.Errorf("%w: none of the %d paths of %s is under %s; the first is %s", ErrNoImages, missing, r.Source.Labels+r.Source.List, r.Source.Root, r.first(Missing))
	}
	if stray := r.count(Stray); stray > 0 {
		return fmt.Errorf("%w in %s: its %d files have other endings, the first is %s; images end in %s", ErrNoImages, r.Source.Root, stray, r.first(Stray), strings.Join(extensions, ", "))
	}
	return fmt.Errorf("%w: %s is empty; give the folder that holds the images", ErrNoImages, r.Source.Root)
}

func (r *Result) count(kind string) (n int) {
	for _, m := range r.Remarks {
		if m.Kind == kind {
			n++
		}
	}
	return n
}

func (r *Result) first(kind string) string {
	for _, m := range r.Remarks {
		if m.Kind == kind {
			return m.Path
		}
	}
	return ""
}

func (r *Result) remark(kind, path, format string, args ...any) {
	path = strings.ToValidUTF8(path, "\uFFFD")
	r.Remarks = append(r.Remarks, Remark{kind, path, fmt.Sprintf(format, args...)})
}

func (r *Result) sort() {
	slices.SortFunc(r.Samples, func(a, b Sample) int { return strings.Compare(a.Path, b.Path) })
	slices.SortStableFunc(r.Regions, func(a, b Region) int { return strings.Compare(a.Path, b.Path) })
	slices.SortStableFunc(r.Remarks, func(a, b Remark) int { return strings.Compare(a.Kind+a.Path, b.Kind+b.Path) })
}

// warnLinked says how many samples are links to files outside of the folder that was given.
func (r *Result) warnLinked(tree *tree) {
	var linked []string
	for _, s := range r.Samples {
		if tree.linked[s.Path] {
			linked = append(linked, s.Path)
		}
	}
	if len(linked) > 0 {
		r.remark(Warning, "", "images that links bring from outside of %s: %d, counted in; the first is %s", r.Source.Root, len(linked), slices.Min(linked))
	}
}

// warnTwice says how many links lead to images that are samples by another path.
func (r *Result) warnTwice(tree *tree) {
	if len(tree.twice) > 0 {
		first := slices.Min(slices.Collect(maps.Keys(tree.twice)))
		r.remark(Warning, "", "links to images that are counted already: %d, left out; the first is %s, which is %s", len(tree.twice), first, tree.twice[first])
	}
}
