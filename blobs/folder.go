package blobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/sightline/sightline/internal/lru"
)

// Folder keeps contents in files named by their SHA-256, up to a limit; those used longest ago
// go first. What is in it is compared with its name whenever it is used, so that neither a
// damaged disk nor another process can put one content in the place of another. A content is
// never seen in part. Safe for concurrent use, also by several processes.
type Folder struct {
	store *Directory
	limit int64

	mu   sync.Mutex
	kept lru.Cache[string, struct{}]
}

// OpenFolder opens a folder, made if it is not there, that may hold so many bytes.
func OpenFolder(dir string, limit int64) (*Folder, error) {
	store, err := OpenDirectory(dir)
	if err != nil {
		return nil, fmt.Errorf("the folder for copies of images and models: %w", err)
	}
	f := &Folder{store: store, limit: limit}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the folder for copies of images and models: %w", err)
	}
	infos := make([]fs.FileInfo, 0, len(entries))
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			infos = append(infos, info)
		}
	}
	slices.SortFunc(infos, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, info := range infos {
		if strings.HasSuffix(info.Name(), partial) {
			os.Remove(filepath.Join(dir, info.Name())) // of a process that was killed, or else it tries again
			continue
		}
		f.kept.Put(info.Name(), struct{}{}, info.Size())
	}
	f.shrink()
	return f, nil
}

func (f *Folder) path(key string) string { return f.store.path(key) }

// Bytes returns a content, which get writes where the folder does not have it.
func (f *Folder) Bytes(ctx context.Context, want File, get func(context.Context, io.Writer) error) ([]byte, error) {
	data, err := os.ReadFile(f.path(want.SHA256))
	if err == nil && check(data, want) == nil {
		f.used(want)
		return data, nil
	}
	var fresh bytes.Buffer
	fresh.Grow(int(want.Size))
	if err := get(ctx, &fresh); err != nil {
		return nil, err
	}
	if err := check(fresh.Bytes(), want); err != nil {
		return nil, err
	}
	_ = f.put(ctx, want, func(w io.Writer) error { // a full disk costs another copy, not the work
		_, err := w.Write(fresh.Bytes())
		return err
	})
	return fresh.Bytes(), nil
}

func check(data []byte, want File) error {
	if sum := sha256.Sum256(data); int64(len(data)) != want.Size || hex.EncodeToString(sum[:]) != want.SHA256 {
		return fmt.Errorf("%w: %d bytes with SHA-256 %x…, want %d with %.12s…", ErrDamaged, len(data), sum[:6], want.Size, want.SHA256)
	}
	return nil
}

// Link gives a content the path to, which must be on the folder's file system and stays whatever
// becomes of the folder; get writes it where the folder does not have it.
func (f *Folder) Link(ctx context.Context, want File, to string, get func(context.Context, io.Writer) error) error {
	err := f.link(want, to)
	if err == nil || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrDamaged) {
		return err
	}
	if err := f.put(ctx, want, func(w io.Writer) error { return get(ctx, w) }); err != nil {
		return err
	}
	return f.link(want, to)
}

func (f *Folder) link(want File, to string) error {
	err := os.Link(f.path(want.SHA256), to)
	if err != nil {
		return err
	}
	if err := Check(to, want); err != nil {
		os.Remove(to)
		return err
	}
	f.used(want)
	return nil
}

// put keeps a content that is what it should be, and nothing of any other.
func (f *Folder) put(ctx context.Context, want File, write func(io.Writer) error) error {
	from, to := io.Pipe()
	go func() { to.CloseWithError(write(to)) }()
	err := f.store.Put(ctx, want.SHA256, &compared{from: from, want: want, hash: sha256.New()}, want.Size, false)
	from.Close() // whoever writes still hears of it
	if err != nil {
		return fmt.Errorf("keep a copy: %w", err)
	}
	f.used(want)
	return nil
}

// compared reads a content, and has ErrDamaged at its end, or beyond, where it is another.
type compared struct {
	from io.Reader
	want File
	hash hash.Hash
	n    int64
}

func (c *compared) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.hash.Write(p[:n])
	c.n += int64(n)
	if c.n > c.want.Size || err == io.EOF && (c.n != c.want.Size || hex.EncodeToString(c.hash.Sum(nil)) != c.want.SHA256) {
		return 0, fmt.Errorf("%w: %d bytes came, want %d with SHA-256 %.12s…", ErrDamaged, c.n, c.want.Size, c.want.SHA256)
	}
	return n, err
}

// used notes that a content was, and makes room.
func (f *Folder) used(file File) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.kept.Put(file.SHA256, struct{}{}, file.Size)
	f.shrink()
}

func (f *Folder) shrink() {
	for f.kept.Size() > f.limit && f.kept.Len() > 1 {
		key, _, _ := f.kept.TakeOldest()
		os.Remove(f.path(key))
	}
}
