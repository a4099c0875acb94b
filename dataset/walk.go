package dataset

import (
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// extensions are the endings, in lower case, of files taken for images. What a
// file is, its beginning tells; see imaging.Probe.
var extensions = []string{".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp", ".bmp", ".dib", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm"}

func isImageName(name string) bool {
	return slices.Contains(extensions, strings.ToLower(path.Ext(name)))
}

// tree is what lies under the root: paths relative to it, with slashes, in
// lexical order.
type tree struct {
	images []string
	others []string
	// unnamed are the images whose names are not UTF-8 text, as Go source would
	// write them: such a name can be neither stored nor shown.
	unnamed []string
}

// walk lists the files under the root. Hidden folders and __MACOSX are not
// entered, and links to folders are not followed.
func walk(ctx context.Context, src Source) (*tree, error) {
	t := &tree{}
	root, err := filepath.EvalSymlinks(src.Root)
	if err != nil {
		return nil, err
	}
	used := append([]string{src.Labels, src.List}, src.Regions...)
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || p == root {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		if slices.Contains(used, filepath.Join(src.Root, rel)) {
			return skipFolder(d)
		}
		if d.IsDir() {
			if strings.HasPrefix(d.Name(), ".") || d.Name() == "__MACOSX" {
				return fs.SkipDir
			}
			return nil
		}
		t.add(filepath.ToSlash(rel), p, d)
		return nil
	})
	return t, err
}

// skipFolder leaves out a folder of regions as well as a single file.
func skipFolder(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

func (t *tree) add(rel, full string, d fs.DirEntry) {
	isFile := d.Type().IsRegular()
	if d.Type()&fs.ModeSymlink != 0 {
		info, err := os.Stat(full)
		isFile = err != nil || info.Mode().IsRegular() // a broken link is an unreadable file
	}
	isImage := isFile && isImageName(rel) && !strings.HasPrefix(d.Name(), ".")
	if !utf8.ValidString(rel) {
		rel = strings.Trim(strconv.Quote(rel), `"`)
		if isImage {
			t.unnamed = append(t.unnamed, rel)
			return
		}
	}
	if isImage {
		t.images = append(t.images, rel)
	} else {
		t.others = append(t.others, rel)
	}
}
