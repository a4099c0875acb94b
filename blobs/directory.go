package blobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Directory is a Store in a folder: a file for each content, named by its key with all but the
// plainest signs escaped. Several processes may use one.
type Directory struct{ dir string }

// OpenDirectory opens a folder as a store, made if it is not there.
func OpenDirectory(dir string) (*Directory, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of a store: %w", err)
	}
	return &Directory{dir}, nil
}

// partial ends the names of files that are being written.
const partial = ".part"

// path is where a content is. An escaped key has no separator and no dot at its beginning; what
// ends in .part is no content.
func (d *Directory) path(key string) string {
	name := url.PathEscape(key)
	if strings.HasPrefix(name, ".") {
		name = "%2E" + name[1:]
	}
	if stem, ok := strings.CutSuffix(name, partial); ok {
		name = stem + "%2Epart"
	}
	return filepath.Join(d.dir, name)
}

// Get is that of Store. A file that was opened stays what it was: others take its name.
func (d *Directory) Get(_ context.Context, key string, offset, length int64) (io.ReadCloser, Object, error) {
	f, err := os.Open(d.path(key))
	if err != nil {
		return nil, Object{}, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, Object{}, err
	}
	if length < 0 {
		length = max(0, info.Size()-offset)
	}
	return struct {
		io.Reader
		io.Closer
	}{io.NewSectionReader(f, offset, length), f}, objectOf(key, info), nil
}

func objectOf(key string, info fs.FileInfo) Object {
	tag := strconv.FormatInt(info.ModTime().UnixNano(), 36) + "-" + strconv.FormatInt(info.Size(), 36)
	return Object{Key: key, Size: info.Size(), Tag: tag, Modified: info.ModTime()}
}

// Put is that of Store. The content is written beside its place and then moved, or linked, there.
func (d *Directory) Put(ctx context.Context, key string, content io.Reader, size int64, fresh bool) error {
	out, err := os.CreateTemp(d.dir, "*"+partial)
	if err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	defer os.Remove(out.Name()) // where it still has that name
	n, err := io.Copy(out, io.LimitReader(content, size+1))
	if err = errors.Join(err, out.Close(), ctx.Err()); err == nil && n != size {
		err = fmt.Errorf("%w: %d bytes came, %d were announced", io.ErrUnexpectedEOF, n, size)
	}
	if err == nil {
		now := time.Now() // the file system's own clock may stand still for milliseconds, and with it the tag
		err = os.Chtimes(out.Name(), now, now)
	}
	switch {
	case err != nil:
	case fresh:
		err = os.Link(out.Name(), d.path(key))
	default:
		err = os.Rename(out.Name(), d.path(key))
	}
	if err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	return nil
}

// List is that of Store.
func (d *Directory) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		entries, err := os.ReadDir(d.dir)
		if err != nil {
			yield(Object{}, fmt.Errorf("list %s: %w", d.dir, err))
			return
		}
		for _, one := range keysOf(entries, prefix) {
			info, err := os.Stat(d.path(one))
			if errors.Is(err, fs.ErrNotExist) {
				continue // deleted meanwhile
			}
			if err = errors.Join(err, ctx.Err()); err != nil {
				yield(Object{}, fmt.Errorf("list %s: %w", d.dir, err))
				return
			}
			if !yield(objectOf(one, info), nil) {
				return
			}
		}
	}
}

// keysOf are the keys with a prefix among the files of a folder, in order.
func keysOf(entries []fs.DirEntry, prefix string) (keys []string) {
	for _, e := range entries {
		key, err := url.PathUnescape(e.Name())
		if err == nil && !strings.HasSuffix(e.Name(), partial) && strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// Delete is that of Store.
func (d *Directory) Delete(_ context.Context, key string) error {
	if err := os.Remove(d.path(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	return nil
}
