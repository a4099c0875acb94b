package dataset

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/sightline/sightline/internal/files"
)

// Object is one of an object store.
type Object struct {
	Path string // its key below the source's root
	Size int64
	Tag  string // another one after every change
}

// Store is the object store that a source's root is the address of.
type Store struct {
	List iter.Seq2[Object, error]
	Read func(ctx context.Context, address string) ([]byte, error) // a table or file of regions
}

// ScanObjects is Scan of a source in an object store. It lists the objects and reads none of
// them: its samples have a tag and a size, and what else is known of an image is for who reads
// it. Regions need sizes: see RegionsOf.
func ScanObjects(ctx context.Context, w *files.Waiter, src Source, store Store, progress func(Progress)) (*Result, error) {
	d := &disk{Waiter: w, ctx: ctx, objects: store.Read}
	src, err := src.absolute()
	if err != nil {
		return nil, err
	}
	t, found, err := treeOf(src, store.List, progress)
	if err != nil {
		return nil, err
	}
	r := &Result{Source: src, Listed: true, disk: d}
	if err := r.list(t); err != nil {
		return nil, err
	}
	for name, why := range t.problems {
		r.Samples = append(r.Samples, Sample{Path: name, Split: src.Split, Problem: why})
	}
	if len(r.Samples) == 0 {
		return nil, r.nothing()
	}
	for i := range r.Samples {
		s := &r.Samples[i]
		o := found[s.Path]
		s.Bytes, s.Tag, s.Orientation = o.Size, o.Tag, 1
		s.Problem = cmp.Or(s.Problem, unreadable(o.Size))
	}
	if err := r.addColumns(t); err != nil {
		return nil, err
	}
	r.sort()
	r.disk = nil
	return r, nil
}

// treeOf lists the objects as a tree of files. What stands for a folder, in some stores, is
// none; nor is the source's own table.
func treeOf(src Source, list iter.Seq2[Object, error], progress func(Progress)) (*tree, map[string]Object, error) {
	t := &tree{problems: map[string]string{}}
	found := map[string]Object{}
	used := append([]string{src.Labels, src.List}, slices.Concat(src.Regions, src.Columns)...)
	m := newMeter(0, progress)
	for o, err := range list {
		if err != nil {
			return nil, nil, err
		}
		if strings.HasSuffix(o.Path, "/") || ignored(o.Path) || slices.Contains(used, files.Within(src.Root, o.Path)) {
			continue
		}
		t.add(o.Path, true)
		found[o.Path] = o
		m.add(true)
	}
	slices.Sort(t.images)
	slices.Sort(t.others)
	return t, found, nil
}

// ignored reports whether a key lies in a folder that no dataset means.
func ignored(key string) bool {
	folders := strings.Split(key, "/")
	return slices.ContainsFunc(folders[:len(folders)-1], func(name string) bool {
		return strings.HasPrefix(name, ".") || slices.Contains(skipped, name)
	})
}

// RegionsOf reads the files of regions of a source whose samples' sizes are known by now.
func RegionsOf(ctx context.Context, w *files.Waiter, src Source, samples []Sample, read func(context.Context, string) ([]byte, error)) ([]Region, []Remark, error) {
	r := &Result{Source: src, Samples: samples, disk: &disk{Waiter: w, ctx: ctx, objects: read}}
	if err := r.addRegions(); err != nil {
		return nil, nil, err
	}
	r.sort()
	return r.Regions, r.Remarks, nil
}
