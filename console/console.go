package console

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/sightline/sightline/workspace"
)

// Console answers statements about one workspace.
type Console struct {
	workspace *workspace.Workspace
	command   []string // of a child: program and arguments
	turn      chan struct{}

	mu   sync.Mutex
	last *snapshot
}

// snapshot is a copy of the database as it was after a number of changes.
type snapshot struct {
	file   string
	change uint64
	users  int
	old    bool // another has taken its place
}

// atOnce is how many statements run at the same time; others wait.
const atOnce = 2

// New makes a console. Its child processes are started by command, followed by Argument.
func New(w *workspace.Workspace, command []string) *Console {
	return &Console{workspace: w, command: append(append([]string{}, command...), Argument), turn: make(chan struct{}, atOnce)}
}

// Result is a file of lines as Child writes them, without the verdict. Whoever has it closes it.
type Result struct {
	*os.File
	Rows int
}

// Close closes the file and deletes it.
func (r *Result) Close() error { return errors.Join(r.File.Close(), os.Remove(r.Name())) }

// Query runs one statement. Errors that are ErrRefused or ErrLimit are the statement's.
func (c *Console) Query(ctx context.Context, statement string, l Limits) (*Result, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s, err := c.take(ctx)
	if err != nil {
		return nil, err
	}
	defer c.release(s)
	out, err := os.CreateTemp(c.workspace.Path("tmp"), "sql-*.rows")
	if err != nil {
		return nil, workspace.StorageError(err, c.workspace.Dir())
	}
	result := &Result{File: out}
	if result.Rows, err = c.run(ctx, s.file, statement, l, out); err == nil {
		_, err = out.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, result.Close())
	}
	return result, nil
}

// run has a child answer a statement into out, and returns how many rows there are.
func (c *Console) run(ctx context.Context, file, statement string, l Limits, out *os.File) (rows int, err error) {
	limited, cancel := context.WithTimeout(ctx, l.Time)
	defer cancel()
	child, said := c.child(limited, order{File: file, Statement: statement, Memory: l.Memory, Time: l.Time})
	from, err := child.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := child.Start(); err != nil {
		return 0, fmt.Errorf("starting a process for the statement: %w", err)
	}
	last, err := keep(from, out, l.Output)
	cancelled := limited.Err()
	if err != nil {
		cancel()
	}
	ended := child.Wait()
	if cancelled == nil {
		cancelled = limited.Err()
	}
	switch {
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case err != nil:
		return 0, err
	case errors.Is(cancelled, context.DeadlineExceeded):
		return 0, fmt.Errorf("%w: it was ended after %s; ask for less, or allow more time", ErrLimit, l.Time)
	}
	var v verdict
	if json.Unmarshal(last, &v) != nil || !v.End {
		return 0, died(ended, said.String(), l)
	}
	text := strings.TrimPrefix(v.Refused, ErrRefused.Error()+": ") + v.Failed
	switch {
	case strings.Contains(text, "Out of Memory Error"), strings.Contains(text, "bad_alloc"):
		return 0, fmt.Errorf("%w: it needs more than %d MB of memory: %s", ErrLimit, l.Memory>>20, text)
	case v.Refused != "":
		return 0, fmt.Errorf("%w: %s", ErrRefused, text)
	case v.Failed != "":
		return 0, errors.New(text)
	}
	return v.Rows, nil
}

// died is the error of a child that ended without a verdict.
func died(ended error, said string, l Limits) error {
	line, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
	return fmt.Errorf("%w: its process ended (%v), most likely because it needs more than %d MB of memory, or because DuckDB cannot do what it asks; the workspace is not touched. %s",
		ErrLimit, ended, l.Memory>>20, line)
}

// keep copies lines to out until there are too many bytes. The last line is not copied, but returned.
func keep(from io.Reader, out io.Writer, most int64) (last []byte, err error) {
	w := bufio.NewWriterSize(out, 1<<16)
	lines := bufio.NewReaderSize(from, 1<<16)
	for written := int64(0); ; {
		piece, err := lines.ReadSlice('\n')
		last = append(last, piece...)
		if written+int64(len(last)) > most {
			return nil, fmt.Errorf("%w: the result has more than %d MB; ask for less, or allow more", ErrLimit, most/1_000_000)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil { // its end, or that of the process
			return last, w.Flush()
		}
		if bytes.HasPrefix(last, []byte(`{"end":true`)) {
			return last, w.Flush()
		}
		if _, err := w.Write(last); err != nil {
			return nil, err
		}
		written += int64(len(last))
		last = last[:0]
	}
}

// child is a process that gets an order, with what it says on standard error.
func (c *Console) child(ctx context.Context, o order) (*exec.Cmd, *bounded) {
	text, _ := json.Marshal(o) // texts and numbers
	cmd := exec.CommandContext(ctx, c.command[0], c.command[1:]...)
	said := &bounded{}
	cmd.Stdin, cmd.Stderr = bytes.NewReader(text), said
	cmd.Env, cmd.Dir = []string{"GOTRACEBACK=none", "GOMEMLIMIT=128MiB"}, os.TempDir() // nothing of the server's environment
	cmd.SysProcAttr, cmd.WaitDelay = attributes(), 2*time.Second
	return cmd, said
}

// bounded keeps the beginning of what is written.
type bounded struct{ bytes.Buffer }

// Write keeps 4 KB.
func (b *bounded) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), max(0, 4096-b.Len()))])
	return len(p), nil
}

// take gives a copy of the database as it is now, to be released.
func (c *Console) take(ctx context.Context) (*snapshot, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.last; s != nil && s.change == c.workspace.Changes() {
		s.users++
		return s, nil
	}
	s := &snapshot{users: 1}
	err := c.workspace.Checkpointed(ctx, func(file string, change uint64) error {
		s.file, s.change = filepath.Join(c.workspace.Path("tmp"), fmt.Sprintf("sql-%d.duckdb", change)), change
		os.Remove(s.file)
		child, said := c.child(ctx, order{From: file, To: s.file})
		if err := child.Run(); err != nil {
			return fmt.Errorf("copying the database for the statement: %w: %s", err, strings.TrimSpace(said.String()))
		}
		return nil
	})
	if err != nil {
		os.Remove(s.file)
		return nil, err
	}
	if former := c.last; former != nil {
		former.old = true
		c.forget(former)
	}
	c.last = s
	return s, nil
}

func (c *Console) release(s *snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.users--
	c.forget(s)
}

// forget deletes a copy that nobody uses or will use.
func (c *Console) forget(s *snapshot) {
	if s.old && s.users == 0 {
		os.Remove(s.file)
	}
}

// Close deletes the copy.
func (c *Console) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.last; s != nil {
		s.old = true
		c.forget(s)
		c.last = nil
	}
}
