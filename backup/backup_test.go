package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"

	"github.com/sightline/sightline/workspace"
)

// Helper copies a file in a process of its own, as the program does.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == CopyArgument {
		data, err := os.ReadFile(os.Args[2])
		if err == nil {
			err = os.WriteFile(os.Args[3], data, 0o600)
		}
		if err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func copyFile(ctx context.Context, from, to string) error {
	p, err := os.StartProcess(os.Args[0], []string{os.Args[0], CopyArgument, from, to}, &os.ProcAttr{})
	if err != nil {
		return err
	}
	state, err := p.Wait()
	if err == nil && !state.Success() {
		err = errors.New(state.String())
	}
	return err
}

// A backup of a workspace that goes on changing is of one moment, leaves nothing behind, and is
// restored whole or not at all.
func TestBackup(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "workspace")
	w, err := workspace.Open(dir, workspace.Options{MemoryLimit: "256MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	put := func(n int) {
		t.Helper()
		err := w.Update(t.Context(), func(tx *workspace.Tx) error {
			_, err := tx.Exec(t.Context(), fmt.Sprintf(`CREATE TABLE IF NOT EXISTS things (n INTEGER); INSERT INTO things VALUES (%d)`, n))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	put(1)
	block := filepath.Join(dir, "blocks", "a~b", "0.slb")
	content := bytes.Repeat([]byte("scores "), 10_000)
	if err := errors.Join(os.MkdirAll(filepath.Dir(block), 0o755), os.WriteFile(block, content, 0o644)); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	changes := false
	r, err := Write(t.Context(), w, func(ctx context.Context, from, to string) error {
		changes = true
		return copyFile(ctx, from, to)
	}, &after{&file, func() {
		if changes { // its first byte is written when the writer is free again
			changes = false
			put(2)
			os.Remove(block)
		}
	}})
	if err != nil || r.Files != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "tmp")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	again := filepath.Join(t.TempDir(), "again")
	if r, err := Restore(bytes.NewReader(file.Bytes()), again); err != nil || r.Files != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	got, err := os.ReadFile(filepath.Join(again, "blocks", "a~b", "0.slb"))
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("a block of %d bytes, %v", len(got), err)
	}
	restored, err := workspace.Open(again, workspace.Options{MemoryLimit: "256MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	list, err := workspace.QueryAll[int](t.Context(), restored, `SELECT n FROM things`)
	if err := errors.Join(err, restored.Close()); err != nil || len(list) != 1 || list[0] != 1 {
		t.Errorf("restored %v, %v", list, err)
	}
	if _, err := Restore(bytes.NewReader(file.Bytes()), again); err == nil {
		t.Error("a workspace was overwritten")
	}
	damaged(t, file.Bytes())
}

// damaged restores streams with a bit turned, and streams that end early.
func damaged(t *testing.T, whole []byte) {
	parent := t.TempDir()
	refuse := func(what string, stream []byte) {
		t.Helper()
		if _, err := Restore(bytes.NewReader(stream), filepath.Join(parent, "folder")); err == nil {
			t.Errorf("%s is restored", what)
		}
		if left, _ := os.ReadDir(parent); len(left) > 0 {
			t.Fatalf("%s leaves %v", what, left)
		}
	}
	for _, content := range []string{"scores ", "DUCK"} {
		at := bytes.Index(whole, []byte(content))
		if at < 0 {
			t.Fatal(content)
		}
		turned := bytes.Clone(whole)
		turned[at+3] ^= 1
		refuse("a bit turned in "+content, turned)
	}
	for _, n := range []int{0, 100, len(whole) / 2, bytes.Index(whole, []byte(sums)) - 1} {
		refuse(fmt.Sprintf("the first %d bytes", n), whole[:n])
	}
}

// after calls a function before the first write.
type after struct {
	to   *bytes.Buffer
	call func()
}

func (a *after) Write(p []byte) (int, error) {
	a.call()
	return a.to.Write(p)
}
