package blobs

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/internal/lru"
)

// Locate returns the files that a name stands for. ErrUnknown says that there is no such name.
type Locate func(ctx context.Context, name string) ([]Located, error)

// Places opens what lies in object stores by its address.
type Places interface {
	At(address string) (Store, string, error)
}

// Located is a file's path, or the address of an object, and the name that it must have beside the others of its blob.
type Located struct{ Name, Path string }

// Source lends files by name. It never follows a path that an asker gives: names are looked up
// by a Locate, and pieces are had by the SHA-256 of what was looked up. Safe for concurrent use.
type Source struct {
	locate Locate
	places Places
	waiter *files.Waiter

	mu     sync.Mutex
	byPath lru.Cache[string, content]
	byKey  lru.Cache[string, content]
}

// content is what a file held when it was looked at.
type content struct {
	path string
	info fs.FileInfo
	tag  string // of an object, which has no info
	file File
}

// mostKnown bounds the files that are remembered: a few hundred bytes each.
const mostKnown = 1 << 16

// NewSource lends what locate finds; waiter limits how long a drive is waited for.
func NewSource(locate Locate, places Places, waiter *files.Waiter) *Source {
	return &Source{locate: locate, places: places, waiter: waiter}
}

// Files looks a name up and says what its files hold, which are read for it unless they are
// known. Errors of the file system are as they are.
func (s *Source) Files(ctx context.Context, name string) ([]File, error) {
	list, err := s.locate(ctx, name)
	if err != nil {
		return nil, err
	}
	out := make([]File, len(list))
	for i, one := range list {
		c, err := files.Wait(ctx, s.waiter, func(sign func()) (content, error) {
			if files.IsObject(one.Path) {
				return s.lookObject(ctx, one.Path, sign)
			}
			return s.look(one.Path, sign)
		}, nil)
		if err != nil {
			return nil, err
		}
		out[i] = c.file
		out[i].Name = one.Name
	}
	return out, nil
}

// look returns what a file holds.
func (s *Source) look(path string, sign func()) (content, error) {
	f, info, err := files.Open(path)
	if err != nil {
		return content{}, err
	}
	defer f.Close()
	s.mu.Lock()
	c, ok := s.byPath.Get(path)
	s.mu.Unlock()
	if ok && same(c.info, info) {
		return c, nil
	}
	c = content{path: path, info: info}
	if c.file, err = Sum(files.Signing(f, sign)); err != nil {
		return c, err
	}
	s.remember(path, c)
	return c, nil
}

// lookObject returns what an object holds: it is read for it every time, as only its content
// tells that it is the same.
func (s *Source) lookObject(ctx context.Context, address string, sign func()) (c content, err error) {
	store, key, err := s.places.At(address)
	if err != nil {
		return c, err
	}
	body, o, err := store.Get(ctx, key, 0, -1)
	if err != nil {
		return c, err
	}
	defer body.Close()
	c = content{path: address, tag: o.Tag}
	if c.file, err = Sum(files.Signing(body, sign)); err == nil {
		s.remember(address, c)
	}
	return c, err
}

func (s *Source) remember(path string, c content) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for cache, key := range map[*lru.Cache[string, content]]string{&s.byPath: path, &s.byKey: c.file.SHA256} {
		cache.Put(key, c, 1)
		if cache.Len() > mostKnown {
			cache.TakeOldest()
		}
	}
}

func same(a, b fs.FileInfo) bool {
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && os.SameFile(a, b)
}

// Piece reads a piece of a content that Files told of, by its SHA-256. ErrUnknown says that it
// must be asked for anew.
func (s *Source) Piece(ctx context.Context, key string, offset int64, length int) ([]byte, error) {
	s.mu.Lock()
	c, ok := s.byKey.Get(key)
	s.mu.Unlock()
	if !ok {
		return nil, fmt.Errorf("%w: %.12s…", ErrUnknown, key)
	}
	return files.Wait(ctx, s.waiter, func(func()) ([]byte, error) {
		if c.info == nil {
			return s.objectPiece(ctx, c, offset, length)
		}
		f, info, err := files.Open(c.path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if !same(info, c.info) {
			return nil, ErrChanged
		}
		return readPiece(f, offset, length)
	}, nil)
}

func (s *Source) objectPiece(ctx context.Context, c content, offset int64, length int) ([]byte, error) {
	store, key, err := s.places.At(c.path)
	if err != nil {
		return nil, err
	}
	body, o, err := store.Get(ctx, key, offset, int64(length))
	if err != nil {
		return nil, err
	}
	defer body.Close()
	if o.Tag != c.tag || o.Size != c.file.Size {
		return nil, ErrChanged
	}
	return io.ReadAll(body)
}

func readPiece(f io.ReaderAt, offset int64, length int) ([]byte, error) {
	piece := make([]byte, length)
	n, err := f.ReadAt(piece, offset)
	if err == io.EOF {
		err = nil
	}
	return piece[:n], err
}

// FilePiece reads a piece of a file of that path.
func FilePiece(path string, offset int64, length int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readPiece(f, offset, length)
}
