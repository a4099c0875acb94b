package dataset

import (
	"path"
	"slices"
	"strings"
)

// splitNames maps what folders and tables call a split to the name it gets.
var splitNames = map[string]string{
	"train": "train", "training": "train",
	"val": "val", "valid": "val", "validation": "val", "dev": "val",
	"test": "test", "testing": "test", "eval": "test", "holdout": "test",
}

func splitName(name string) (string, bool) {
	s, ok := splitNames[strings.ToLower(name)]
	return s, ok
}

// fromFolders labels every image by the folder it is in; see the package
// documentation for the rule.
func (r *Result) fromFolders(t *tree) {
	level := splitLevel(t.images)
	parents := map[string]map[string]bool{}
	for _, p := range t.images {
		s := Sample{Path: p, Split: r.Source.Split}
		folders := strings.Split(path.Dir(p), "/")
		if level >= 0 {
			s.Split, _ = splitName(folders[level])
			folders = folders[level+1:]
		}
		if n := len(folders); n > 0 && folders[n-1] != "." {
			s.Label, s.Labelled = folders[n-1], true
			addParent(parents, s.Label, strings.Join(folders, "/"))
		}
		r.Samples = append(r.Samples, s)
	}
	r.warnSharedNames(parents)
	for _, p := range t.others {
		r.remark(Stray, p, "not an image by its ending")
	}
}

// splitLevel is the depth of the folders that are splits, or -1: the first
// level with several folders or with a split's name, if all its folders that
// hold images are splits.
func splitLevel(images []string) int {
	for level := 0; ; level++ {
		names := map[string]bool{}
		for _, p := range images {
			parts := strings.Split(p, "/")
			if len(parts) <= level+1 {
				return -1 // an image beside the folders
			}
			names[parts[level]] = true
		}
		splits := 0
		for name := range names {
			if _, ok := splitName(name); ok {
				splits++
			}
		}
		switch {
		case len(names) == 0:
			return -1
		case splits == len(names):
			return level
		case len(names) > 1:
			return -1
		}
	}
}

func addParent(parents map[string]map[string]bool, label, folder string) {
	if parents[label] == nil {
		parents[label] = map[string]bool{}
	}
	parents[label][folder] = true
}

// warnSharedNames says which labels come from several class folders.
func (r *Result) warnSharedNames(parents map[string]map[string]bool) {
	for label, folders := range parents {
		if len(folders) < 2 {
			continue
		}
		names := make([]string, 0, len(folders))
		for f := range folders {
			names = append(names, f)
		}
		slices.Sort(names)
		r.remark(Warning, "", "label %q comes from %d folders: %s", label, len(names), strings.Join(names, ", "))
	}
}
