package dataset

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sightline/sightline/internal/files"
)

// extensions are the endings, in lower case, of files taken for images. What a
// file is, its beginning tells; see imaging.Probe.
var extensions = []string{".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp", ".bmp", ".dib", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm"}

func isImageName(name string) bool {
	return slices.Contains(extensions, strings.ToLower(path.Ext(name)))
}

// foreign are the endings, in lower case, of images that are not read: they are
// set aside by name, not taken for other files.
var foreign = map[string]string{
	".heic": "HEIC", ".heif": "HEIF", ".avif": "AVIF", ".jp2": "JPEG 2000", ".j2k": "JPEG 2000", ".jpf": "JPEG 2000", ".jpx": "JPEG 2000",
	".jxl": "JPEG XL", ".cr2": "camera raw", ".nef": "camera raw", ".arw": "camera raw", ".dng": "camera raw", ".psd": "Photoshop",
}

// skipped are folders that no dataset means: of archives, network drives and
// waste baskets.
var skipped = []string{"__MACOSX", "@eaDir", "$RECYCLE.BIN", "System Volume Information", "lost+found"}

// tree is what lies under the root: paths relative to it, with slashes, in
// lexical order.
type tree struct {
	images []string
	others []string
	// problems are files and folders that cannot be used, by path, and why.
	problems map[string]string
	// outside are the links that lead out of the root, by path, and where to.
	outside map[string]string
	// linked are the images that are links out of the root.
	linked map[string]bool
	// twice are the links to images that are there under another path, by path, and the images.
	twice map[string]string
}

// walker lists a tree; links to folders are followed, each folder once.
type walker struct {
	disk *disk
	src  Source
	used []string
	seen map[string]bool // real paths of the folders entered
	ends map[string]bool // real paths of the images that links led to
	tree *tree
	root string // real path
}

// walk lists the files under the root. Hidden folders and those of archives and
// waste baskets are not entered. Links to folders are followed unless they lead
// to a folder that was, or is being, listed. A folder that cannot be listed is a
// problem of its own, not of the whole.
func walk(d *disk, src Source) (*tree, error) {
	root, err := d.real(src.Root)
	if err != nil {
		return nil, err
	}
	w := &walker{
		disk: d, src: src, root: root,
		used: append([]string{src.Labels, src.List}, src.Regions...),
		seen: map[string]bool{root: true}, ends: map[string]bool{},
		tree: &tree{problems: map[string]string{}, outside: map[string]string{}, linked: map[string]bool{}, twice: map[string]string{}},
	}
	entries, err := d.ReadDir(d.ctx, root)
	if err != nil {
		return nil, err
	}
	if err := w.folder("", root, entries); err != nil {
		return nil, err
	}
	slices.Sort(w.tree.images)
	slices.Sort(w.tree.others)
	return w.tree, nil
}

// folder lists one folder: rel is its path under the root, full its real one.
// Folders that are links come last, so that what is there by itself keeps its
// own path.
func (w *walker) folder(rel, full string, entries []fs.DirEntry) error {
	var links []fs.DirEntry
	for _, d := range entries {
		p := path.Join(rel, d.Name())
		kind, err := w.kind(filepath.Join(full, d.Name()), d)
		if err != nil {
			w.tree.problem(p, reason(err))
			if err := w.disk.silence(err); err != nil {
				return err
			}
			continue
		}
		switch {
		case slices.Contains(w.used, filepath.Join(w.src.Root, filepath.FromSlash(p))): // the table, or a folder of regions
		case d.IsDir():
			if err := w.enter(p, filepath.Join(full, d.Name())); err != nil {
				return err
			}
		case kind.IsDir():
			links = append(links, d)
		default:
			if err := w.file(p, filepath.Join(full, d.Name()), d, kind); err != nil {
				return err
			}
		}
	}
	for _, d := range links {
		if err := w.link(path.Join(rel, d.Name()), filepath.Join(full, d.Name())); err != nil {
			return err
		}
	}
	return nil
}

// file notes a file, and whether it is an image that a link brings from elsewhere, or that is
// there already under another path.
func (w *walker) file(rel, full string, d fs.DirEntry, kind fs.FileMode) error {
	if d.Type()&fs.ModeSymlink == 0 || !kind.IsRegular() || !isImageName(rel) {
		w.tree.add(rel, kind.IsRegular())
		return nil
	}
	real, err := w.disk.real(full)
	switch {
	case err != nil:
		w.tree.add(rel, true)
		return w.disk.silence(err)
	case w.again(real):
		w.tree.twice[printable(rel)] = real
		return nil
	case !within(w.root, real):
		w.tree.linked[printable(rel)] = true
	}
	w.tree.add(rel, true)
	return nil
}

// again reports whether the image that a link leads to is a sample by another path: by its own,
// or by that of a link before. A table or list names its samples: there every path is one.
func (w *walker) again(real string) bool {
	if w.src.Labels != "" || w.src.List != "" {
		return false
	}
	before := w.ends[real] || isImageName(real) && w.listed(real)
	w.ends[real] = true
	return before
}

// kind is what an entry of a folder is, or leads to. A broken link is an unreadable file.
// The error is of a drive that does not answer, or of ctx.
func (w *walker) kind(full string, d fs.DirEntry) (fs.FileMode, error) {
	if d.Type()&fs.ModeSymlink == 0 {
		return d.Type(), w.disk.ctx.Err()
	}
	info, err := w.disk.stat(full)
	switch {
	case errors.Is(err, files.ErrNoAnswer) || w.disk.ctx.Err() != nil:
		return 0, err
	case err != nil:
		return 0, nil
	}
	return info.Mode(), nil
}

// enter lists a folder inside another, unless its name says that it is none of
// the dataset's.
func (w *walker) enter(rel, full string) error {
	name := path.Base(rel)
	if strings.HasPrefix(name, ".") || slices.Contains(skipped, name) {
		return nil
	}
	if w.seen[full] {
		return nil // reached by a link before
	}
	w.seen[full] = true
	entries, err := w.disk.ReadDir(w.disk.ctx, full)
	if err != nil {
		w.tree.problem(rel, "the folder "+reason(err))
		return w.disk.silence(err)
	}
	return w.folder(rel, full, entries)
}

// link follows a link to a folder.
func (w *walker) link(rel, full string) error {
	real, err := w.disk.real(full)
	if err != nil {
		w.tree.problem(rel, "the folder "+reason(err))
		return w.disk.silence(err)
	}
	if w.seen[real] || w.listed(real) {
		return nil // what it leads to is listed by itself; a loop ends here
	}
	if !within(w.root, real) {
		w.tree.outside[printable(rel)] = real
	}
	return w.enter(rel, real)
}

// listed reports whether a folder is reached from the root without a link.
func (w *walker) listed(real string) bool {
	if !within(w.root, real) {
		return false
	}
	rel, _ := filepath.Rel(w.root, real)
	for _, name := range strings.Split(rel, string(filepath.Separator)) {
		if name != "." && (strings.HasPrefix(name, ".") || slices.Contains(skipped, name)) {
			return false
		}
	}
	return true
}

// within reports whether a path lies in a folder, or is it.
func within(folder, p string) bool {
	rel, err := filepath.Rel(folder, p)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

func (t *tree) problem(rel, why string) { t.problems[printable(rel)] = why }

// printable is a name as it can be stored and shown: one that is not UTF-8 as Go
// source would write it.
func printable(rel string) string {
	if utf8.ValidString(rel) {
		return rel
	}
	return strings.Trim(strconv.Quote(rel), `"`)
}

// add notes what is no folder; isFile says that it is a regular file, or may be one.
func (t *tree) add(rel string, isFile bool) {
	hidden := strings.HasPrefix(path.Base(rel), ".")
	kind, isForeign := foreign[strings.ToLower(path.Ext(rel))]
	switch {
	case !isFile || hidden || !isImageName(rel) && !isForeign:
		t.others = append(t.others, printable(rel))
	case !utf8.ValidString(rel):
		t.problem(rel, "its name is not UTF-8 text: rename it")
	case isForeign:
		t.problem(rel, kind+" is not read: convert it to JPEG or PNG")
	default:
		t.images = append(t.images, rel)
	}
}
