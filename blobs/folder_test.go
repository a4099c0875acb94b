package blobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
)

func generated(seed uint64, size int) ([]byte, File) {
	r := rand.New(rand.NewPCG(seed, 1))
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	sum := sha256.Sum256(data)
	return data, File{Size: int64(size), SHA256: hex.EncodeToString(sum[:])}
}

// A folder gets a content once, keeps to its limit, and trusts neither its disk nor who sends.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	f, err := OpenFolder(dir, 2500)
	if err != nil {
		t.Fatal(err)
	}
	gets := 0
	get := func(seed uint64) []byte {
		t.Helper()
		data, file := generated(seed, 1000)
		got, err := f.Bytes(t.Context(), file, func(_ context.Context, to io.Writer) error {
			gets++
			_, err := to.Write(data)
			return err
		})
		if err != nil || !bytes.Equal(got, data) {
			t.Fatal(len(got), err)
		}
		return got
	}
	get(1)
	get(1)
	get(2)
	get(1)
	get(3) // 2 goes
	get(1)
	if gets != 3 {
		t.Errorf("%d contents were fetched, want 3", gets)
	}
	get(2)
	if gets != 4 {
		t.Errorf("%d contents were fetched, want 4: the second had gone", gets)
	}
	_, one := generated(1, 1000)
	if err := os.WriteFile(f.path(one.SHA256), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	get(1)
	if gets != 5 {
		t.Errorf("%d contents were fetched, want 5: a damaged one anew", gets)
	}
	lie := func(_ context.Context, to io.Writer) error { _, err := to.Write(make([]byte, 1000)); return err }
	_, other := generated(9, 1000)
	if _, err := f.Bytes(t.Context(), other, lie); !errors.Is(err, ErrDamaged) {
		t.Errorf("another content gives %v", err)
	}
	if err := f.Link(t.Context(), other, filepath.Join(t.TempDir(), "x"), lie); !errors.Is(err, ErrDamaged) {
		t.Errorf("another content is linked: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "killed.part"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err = OpenFolder(dir, 2500); err != nil || f.kept.Len() != 2 {
		t.Errorf("opened again it has %d contents, %v", f.kept.Len(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.part")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// Pieces arrive in order, never more than the window on their way, and the first error ends it.
func TestPull(t *testing.T) {
	data, _ := generated(7, 10_001)
	var under, most atomic.Int32
	piece := func(_ context.Context, offset int64, length int) ([]byte, error) {
		now := under.Add(1)
		for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
		}
		defer under.Add(-1)
		return data[offset : offset+int64(length)], nil
	}
	for _, size := range []int{1, 7, 1000, 10_001, 20_000} {
		var got bytes.Buffer
		if err := Pull(t.Context(), int64(len(data)), size, piece, &got); err != nil || !bytes.Equal(got.Bytes(), data) {
			t.Errorf("in pieces of %d: %d bytes, %v", size, got.Len(), err)
		}
	}
	if most.Load() > Window {
		t.Errorf("%d pieces were on their way at once", most.Load())
	}
	failed := errors.New("no")
	err := Pull(t.Context(), 10_000, 100, func(_ context.Context, offset int64, length int) ([]byte, error) {
		if offset == 500 {
			return nil, failed
		}
		return piece(nil, offset, length)
	}, io.Discard)
	if !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
	short := func(context.Context, int64, int) ([]byte, error) { return []byte("x"), nil }
	if err := Pull(t.Context(), 100, 10, short, io.Discard); !errors.Is(err, ErrDamaged) {
		t.Errorf("pieces that are too short: %v", err)
	}
}
