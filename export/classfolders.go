package export

import (
	"context"
	"encoding/json"
	"io"
	"path"
)

// writeFolders writes SPLIT/CLASS/FILE, or CLASS/FILE where there are no splits; what has no
// label lies beside the class folders.
func writeFolders(_ context.Context, set *Set, _ Options, to *Folder) error {
	splits, err := set.splits()
	if err != nil {
		return err
	}
	whole := len(splits) == 1 && splits[0] == ""
	return classFolders(set, to, func(s *Sample) (string, bool) {
		if whole {
			return "", true
		}
		return splitFolder(s.Split), true
	})
}

// splitFolder is the folder of a split; what has none is kept apart.
func splitFolder(split string) string {
	if split == "" {
		return "no-split"
	}
	return safe(split)
}

// writeYOLO writes what Ultralytics reads: train, val and test with the same class folders.
// What has no split is for training; what has no label is left out.
func writeYOLO(_ context.Context, set *Set, _ Options, to *Folder) error {
	return classFolders(set, to, func(s *Sample) (string, bool) {
		split := map[string]string{"": "train", "training": "train", "valid": "val", "validation": "val", "dev": "val", "testing": "test"}[s.Split]
		if split == "" {
			split = safe(s.Split)
		}
		return split, s.Label != ""
	})
}

// classFolders copies images into the folders of their labels, within the folder that of
// gives, and says in classes.json which class each folder is.
func classFolders(set *Set, to *Folder, of func(*Sample) (folder string, in bool)) error {
	classes, files := newNames(), tree{}
	err := set.Each(false, func(s *Sample) error {
		folder, in := of(s)
		if !in {
			return nil
		}
		if s.Label != "" {
			folder = path.Join(folder, classes.name(s.Label, s.Label))
		}
		return to.Image(files.image(folder, s), s)
	})
	if err != nil {
		return err
	}
	return to.File("classes.json", classes.mapping)
}

// writeImageFolder writes what load_dataset("imagefolder") reads: a folder per split with the
// images and metadata.jsonl, which names them.
func writeImageFolder(_ context.Context, set *Set, _ Options, to *Folder) error {
	splits, err := set.splits()
	if err != nil {
		return err
	}
	folder := func(split string) string {
		if split == "" {
			return "train" // what Hugging Face calls the one split there is
		}
		return safe(split)
	}
	files := tree{}
	if err := set.Each(false, func(s *Sample) error { return to.Image(files.image(folder(s.Split), s), s) }); err != nil {
		return err
	}
	type row struct {
		File string `json:"file_name"`
		line
	}
	done := map[string]bool{}
	for _, split := range splits {
		at := folder(split)
		if done[at] {
			continue
		}
		done[at] = true
		err := to.File(path.Join(at, "metadata.jsonl"), func(w io.Writer) error {
			enc := json.NewEncoder(w)
			enc.SetEscapeHTML(false)
			return set.Each(false, func(s *Sample) error {
				if folder(s.Split) != at {
					return nil
				}
				return enc.Encode(row{path.Base(files.image(at, s)), toLine(set, s)})
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}
