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
	level, further := splitLevel(t.images)
	parents := map[string]map[string]bool{}
	for _, p := range t.images {
		s := Sample{Path: p, Split: r.Source.Split}
		folders := strings.Split(path.Dir(p), "/")
		if level >= 0 && level < len(folders) && folders[level] != "." {
			s.Split = folders[level]
			if known, ok := splitName(s.Split); ok {
				s.Split = known
			}
			folders = folders[level+1:]
		}
		if n := len(folders); n > 0 && folders[n-1] != "." {
			s.Label, s.Labelled = folders[n-1], true
			addParent(parents, s.Label, strings.Join(folders, "/"))
		}
		r.Samples = append(r.Samples, s)
	}
	for _, name := range further {
		r.remark(Warning, "", "the folder %s stands beside folders of splits: its images are the split %q", name, name)
	}
	if level >= 0 || !r.warnLoneSplit(t.images) {
		r.warnSharedNames(parents)
	}
	for _, p := range t.others {
		r.remark(Stray, p, "not an image by its ending")
	}
}

// splitLevel is the depth of the folders that are splits, or -1: the first level
// with several folders, with images beside them or with a split's name, if all its
// folders are splits and no image stands beside them, or if at least two different
// splits are among them. Further folders beside two splits are splits of their own
// names: they are returned, in order.
func splitLevel(images []string) (level int, further []string) {
	for level := 0; ; level++ {
		names, loose := foldersAt(images, level)
		splits := map[string]bool{}
		further = nil
		for name := range names {
			if s, ok := splitName(name); ok {
				splits[s] = true
			} else {
				further = append(further, name)
			}
		}
		slices.Sort(further)
		switch {
		case len(splits) >= 2, len(splits) == 1 && len(further) == 0 && !loose:
			return level, further
		case loose || len(names) != 1:
			return -1, nil
		}
	}
}

// warnLoneSplit says when a folder with a split's name stands beside folders of classes and holds folders of the same
// names: it is most likely a split whose counterpart was not put into a folder of its own. Nothing is guessed.
func (r *Result) warnLoneSplit(images []string) (said bool) {
	names, _ := foldersAt(images, 0)
	for name := range names {
		if _, ok := splitName(name); !ok {
			continue
		}
		var below []string
		for _, p := range images {
			if rest, ok := strings.CutPrefix(p, name+"/"); ok {
				below = append(below, rest)
			}
		}
		inside, loose := foldersAt(below, 0)
		shared := 0
		for class := range inside {
			if names[class] {
				shared++
			}
		}
		if shared > 0 && shared == len(inside) && !loose {
			r.remark(Warning, "", "the folder %s stands beside folders of classes and holds classes of the same names, but no split is read from it: put the other folders into one of their own, such as train", name)
			said = true
		}
	}
	return said
}

// foldersAt are the names of the folders at a depth, and whether images stand
// beside them.
func foldersAt(images []string, level int) (names map[string]bool, loose bool) {
	names = map[string]bool{}
	for _, p := range images {
		parts := strings.Split(p, "/")
		if len(parts) > level+1 {
			names[parts[level]] = true
		} else {
			loose = true
		}
	}
	return names, loose
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
