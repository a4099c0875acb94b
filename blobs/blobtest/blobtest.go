// Package blobtest is what every blobs.Store must do, as tests.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sightline/sightline/blobs"
)

// Run runs all cases; fresh makes an empty store.
func Run(t *testing.T, fresh func(t *testing.T) blobs.Store) {
	s := &suite{fresh(t)}
	for _, c := range []struct {
		name string
		test func(*testing.T)
	}{
		{"a content comes back", s.back},
		{"odd keys", s.oddKeys},
		{"ranges", s.ranges},
		{"what is not there", s.absent},
		{"a part of a write is never seen", s.partial},
		{"put if absent", s.ifAbsent},
		{"many put one key", s.concurrent},
		{"delete during a read", s.deleteDuringRead},
		{"replace during a read", s.replaceDuringRead},
		{"a tag changes with the content", s.tags},
		{"a listing of more than a thousand", s.manyKeys},
		{"a caller that leaves", s.cancelled},
	} {
		t.Run(c.name, c.test)
	}
}

type suite struct{ blobs.Store }

// content is generated from a seed.
func content(seed uint64, size int) []byte {
	r := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	data := make([]byte, size)
	r.Read(data)
	return data
}

func (s *suite) put(t *testing.T, key string, data []byte) {
	t.Helper()
	if err := s.Put(t.Context(), key, bytes.NewReader(data), int64(len(data)), false); err != nil {
		t.Fatal(err)
	}
}

func (s *suite) get(ctx context.Context, key string, offset, length int64) ([]byte, blobs.Object, error) {
	r, o, err := s.Get(ctx, key, offset, length)
	if err != nil {
		return nil, o, err
	}
	data, err := io.ReadAll(r)
	return data, o, errors.Join(err, r.Close())
}

// want is what a key must hold.
func (s *suite) want(t *testing.T, key string, want []byte) blobs.Object {
	t.Helper()
	got, o, err := s.get(t.Context(), key, 0, -1)
	if err != nil || !bytes.Equal(got, want) || o.Size != int64(len(want)) || o.Key != key {
		t.Fatalf("%q gives %d bytes of %d, object %+v, %v", key, len(got), len(want), o, err)
	}
	return o
}

func (s *suite) keys(t *testing.T, prefix string) (keys []string) {
	t.Helper()
	for o, err := range s.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, o.Key)
	}
	return keys
}

func (s *suite) back(t *testing.T) {
	for _, size := range []int{0, 1, 70_000, 6 << 20} {
		data := content(1, size)
		s.put(t, "back/one", data)
		o := s.want(t, "back/one", data)
		for listed, err := range s.List(t.Context(), "back/") {
			if err != nil || listed.Size != o.Size || listed.Tag != o.Tag {
				t.Errorf("listed as %+v, %v, read as %+v", listed, err, o)
			}
		}
	}
	s.put(t, "back/one", []byte("other"))
	s.want(t, "back/one", []byte("other"))
}

func (s *suite) oddKeys(t *testing.T) {
	keys := []string{"odd/a b", "odd/100%", "odd/a%20b", "odd/a+b", "odd/a&b=c", "odd/who?", "odd/a#b", "odd/über/Straße 日本", "odd/e\u0301",
		"odd/it's \"so\"", "odd/(x)[y]{z}!~*", "odd/semi;colon:,@$", "odd/x.part", "odd/back\\slash", "odd/a<b>c", "odd/.hidden"}
	for i, key := range keys {
		s.put(t, key, content(uint64(i), 100+i))
	}
	slices.Sort(keys)
	if got := s.keys(t, "odd/"); !slices.Equal(got, keys) {
		t.Errorf("listed\n%q, want\n%q", got, keys)
	}
	for _, key := range keys {
		if _, o, err := s.get(t.Context(), key, 0, -1); err != nil || o.Key != key {
			t.Errorf("%q: %+v, %v", key, o, err)
		}
		if err := s.Delete(t.Context(), key); err != nil {
			t.Error(err)
		}
	}
	if got := s.keys(t, "odd/"); len(got) > 0 {
		t.Errorf("left: %q", got)
	}
}

func (s *suite) ranges(t *testing.T) {
	data := content(2, 100_000)
	s.put(t, "ranges", data)
	size := int64(len(data))
	for _, c := range [][2]int64{{0, 1}, {0, size}, {0, size + 1}, {5, 10}, {size - 1, 1}, {size - 1, 10}, {size, 1}, {size + 5, 10}, {size, -1}, {size + 1, -1}, {7, -1}, {3, 0}} {
		from, to := min(c[0], size), min(c[0]+c[1], size)
		if c[1] < 0 {
			to = size
		}
		got, o, err := s.get(t.Context(), "ranges", c[0], c[1])
		if err != nil || !bytes.Equal(got, data[from:max(from, to)]) || o.Size != size {
			t.Errorf("%d bytes from %d: %d bytes of an object of %d, %v", c[1], c[0], len(got), o.Size, err)
		}
	}
}

func (s *suite) absent(t *testing.T) {
	for _, c := range [][2]int64{{0, -1}, {5, 10}, {0, 0}} {
		if _, _, err := s.get(t.Context(), "absent/one", c[0], c[1]); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v: %v", c, err)
		}
	}
	if err := s.Delete(t.Context(), "absent/one"); err != nil {
		t.Error(err)
	}
	if got := s.keys(t, "absent/"); len(got) > 0 {
		t.Errorf("got %q", got)
	}
}

// failing ends with an error after some bytes.
type failing struct {
	io.Reader
	err error
}

func (f failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if err == io.EOF {
		err = f.err
	}
	return n, err
}

func (s *suite) partial(t *testing.T) {
	broken := errors.New("the source broke")
	data := content(3, 400_000)
	for _, before := range []bool{false, true} {
		if before {
			s.put(t, "partial/one", []byte("before"))
		}
		for name, from := range map[string]io.Reader{
			"broken": failing{bytes.NewReader(data[:200_000]), broken}, "short": struct{ io.Reader }{bytes.NewReader(data[:200_000])},
		} {
			if err := s.Put(t.Context(), "partial/one", from, int64(len(data)), false); err == nil {
				t.Errorf("a source that is %s makes no error", name)
			}
		}
		if got := s.keys(t, "partial/"); before != (len(got) == 1) {
			t.Errorf("listed: %q", got)
		}
		if before {
			s.want(t, "partial/one", []byte("before"))
		}
	}
	// While one writes, others see what was there.
	gate, ready := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- s.Put(context.WithoutCancel(t.Context()), "partial/one", &gated{bytes.NewReader(data), gate, ready, 0}, int64(len(data)), false)
	}()
	select {
	case <-ready:
	case err := <-done:
		t.Fatal(err)
	}
	s.want(t, "partial/one", []byte("before"))
	close(gate)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	s.want(t, "partial/one", data)
}

// gated reads its first half, says so, and the rest once its gate is open.
type gated struct {
	of          *bytes.Reader
	gate, ready chan struct{}
	read        int
}

func (g *gated) Read(p []byte) (int, error) {
	if half := int(g.of.Size()) / 2; g.read < half {
		p = p[:min(len(p), half-g.read)]
	} else if g.read == half {
		close(g.ready)
		<-g.gate
	}
	n, err := g.of.Read(p)
	g.read += n
	return n, err
}

func (s *suite) ifAbsent(t *testing.T) {
	put := func(data string) error {
		return s.Put(t.Context(), "fresh", strings.NewReader(data), int64(len(data)), true)
	}
	if err := put("first"); err != nil {
		t.Fatal(err)
	}
	if err := put("second"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second one: %v", err)
	}
	s.want(t, "fresh", []byte("first"))
	if err := s.Delete(t.Context(), "fresh"); err != nil {
		t.Fatal(err)
	}
	if err := put("third"); err != nil {
		t.Errorf("after it was deleted: %v", err)
	}
}

func (s *suite) concurrent(t *testing.T) {
	const writers = 8
	var all sync.WaitGroup
	var made atomic.Int32
	for i := range writers {
		data := content(uint64(i), 150_000+i)
		all.Go(func() {
			if err := s.Put(t.Context(), "many/any", bytes.NewReader(data), int64(len(data)), false); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			err := s.Put(t.Context(), "many/once", bytes.NewReader(data), int64(len(data)), true)
			if err == nil {
				made.Add(1)
			} else if !errors.Is(err, fs.ErrExist) && !errors.Is(err, blobs.ErrBusy) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if made.Load() != 1 {
		t.Errorf("%d of %d made one that was absent", made.Load(), writers)
	}
	for _, key := range []string{"many/any", "many/once"} {
		got, _, err := s.get(t.Context(), key, 0, -1)
		if i := len(got) - 150_000; err != nil || i < 0 || i >= writers || !bytes.Equal(got, content(uint64(i), len(got))) {
			t.Errorf("%s holds %d bytes that nobody put, %v", key, len(got), err)
		}
	}
}

// during starts to read a large content, does something, and reads on: all of what it was, or
// an error, never a mixture.
func (s *suite) during(t *testing.T, key string, do func() error) {
	data := content(5, 8<<20)
	s.put(t, key, data)
	r, _, err := s.Get(t.Context(), key, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	first := make([]byte, 1000)
	if _, err := io.ReadFull(r, first); err != nil {
		t.Fatal(err)
	}
	if err := do(); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(r)
	if err == nil && !bytes.Equal(append(first, rest...), data) {
		t.Errorf("%d bytes that were never its content", len(rest)+1000)
	}
}

func (s *suite) deleteDuringRead(t *testing.T) {
	s.during(t, "during/deleted", func() error { return s.Delete(t.Context(), "during/deleted") })
	if _, _, err := s.get(t.Context(), "during/deleted", 0, -1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("afterwards: %v", err)
	}
}

func (s *suite) replaceDuringRead(t *testing.T) {
	other := content(6, 8<<20)
	s.during(t, "during/replaced", func() error {
		return s.Put(t.Context(), "during/replaced", bytes.NewReader(other), int64(len(other)), false)
	})
	s.want(t, "during/replaced", other)
}

func (s *suite) tags(t *testing.T) {
	seen := map[string]bool{}
	for i := range 3 {
		s.put(t, "tags", content(uint64(i), 50))
		o := s.want(t, "tags", content(uint64(i), 50))
		if o.Tag == "" || seen[o.Tag] {
			t.Errorf("content %d has the tag %q", i, o.Tag)
		}
		seen[o.Tag] = true
	}
}

func (s *suite) manyKeys(t *testing.T) {
	const n = 1203
	var all sync.WaitGroup
	var want []string
	for w := range 8 {
		all.Go(func() {
			for i := w; i < n; i += 8 {
				if err := s.Put(t.Context(), fmt.Sprintf("keys/%04d", i), strings.NewReader("x"), 1, false); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range n {
		want = append(want, fmt.Sprintf("keys/%04d", i))
	}
	all.Wait()
	if got := s.keys(t, "keys/"); !slices.Equal(got, want) {
		t.Errorf("%d keys are listed of %d", len(got), n)
	}
	if got := s.keys(t, "keys/011"); !slices.Equal(got, want[110:120]) {
		t.Errorf("listed by the beginning of a name: %q", got)
	}
	seen := 0
	for range s.List(t.Context(), "keys/") {
		if seen++; seen == 3 {
			break
		}
	}
}

func (s *suite) cancelled(t *testing.T) {
	s.put(t, "cancelled", []byte("x"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Put(ctx, "cancelled/put", strings.NewReader("x"), 1, false); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
	for _, err := range s.List(ctx, "") {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("list: %v", err)
		}
	}
}
