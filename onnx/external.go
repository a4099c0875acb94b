package onnx

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// ErrExternalData matches every [ExternalDataError].
var ErrExternalData = errors.New("external data cannot be used")

// An ExternalDataError says why the file that holds a tensor's data cannot be
// used: it is missing, too short, or outside the model's folder.
type ExternalDataError struct {
	Tensor   string
	Location string // as the model states it
	Dir      string // the model's folder
	Reason   string // what is wrong, and what to do
}

func (e *ExternalDataError) Error() string {
	return fmt.Sprintf("the weights of tensor %q are in the file %q: %s", e.Tensor, e.Location, e.Reason)
}

// Is makes the error match [ErrExternalData].
func (e *ExternalDataError) Is(target error) bool { return target == ErrExternalData }

// ExternalFiles returns the locations of the external data files, relative to
// the model's folder, sorted, each once.
func (m *Model) ExternalFiles() []string {
	seen := map[string]bool{}
	m.eachTensor(func(t *Tensor) error {
		if t.External != nil {
			seen[t.External.Location] = true
		}
		return nil
	})
	list := make([]string, 0, len(seen))
	for name := range seen {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}

// LoadExternal reads the data of t from its external file into memory. A tensor
// without external data is left as it is.
func (m *Model) LoadExternal(t *Tensor) error {
	if t.External == nil {
		return nil
	}
	path, size, err := m.externalFile(t)
	if err != nil {
		return err
	}
	length := t.External.Length
	if length < 0 {
		length = size - t.External.Offset
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read external data of tensor %q: %w", t.Name, err)
	}
	defer f.Close()
	raw := make([]byte, length)
	if _, err := f.ReadAt(raw, t.External.Offset); err != nil {
		return fmt.Errorf("read external data of tensor %q from %s: %w", t.Name, path, err)
	}
	t.Raw, t.External = raw, nil
	return nil
}

// checkExternal checks every external tensor's file.
func (m *Model) checkExternal() error {
	return m.eachTensor(func(t *Tensor) error {
		if t.External == nil {
			return nil
		}
		_, _, err := m.externalFile(t)
		return err
	})
}

// externalFile returns the path and size of the file that holds t's data.
func (m *Model) externalFile(t *Tensor) (string, int64, error) {
	e := t.External
	fail := func(format string, args ...any) (string, int64, error) {
		return "", 0, &ExternalDataError{Tensor: t.Name, Location: e.Location, Dir: m.Dir, Reason: fmt.Sprintf(format, args...)}
	}
	if e.Location == "" || !filepath.IsLocal(filepath.FromSlash(e.Location)) {
		return fail("that is outside the model's folder, which is refused; save the model with its data file beside it")
	}
	path := filepath.Join(m.Dir, filepath.FromSlash(e.Location))
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fail("there is no such file in %s; copy it there, it belongs to the model", orHere(m.Dir))
	}
	if !within(m.Dir, real) {
		return fail("it is a link to %s, outside the model's folder, which is refused; copy the data file beside the model", real)
	}
	info, err := os.Stat(real)
	if err != nil || !info.Mode().IsRegular() {
		return fail("it is not a regular file; copy the data file beside the model")
	}
	if need := e.Offset + max(0, e.Length); info.Size() < need {
		return fail("it has %d bytes where the model needs at least %d; copy it again, it is cut off or belongs to another model", info.Size(), need)
	}
	return path, info.Size(), nil
}

func orHere(dir string) string {
	if dir == "" {
		return "the current folder"
	}
	return dir
}

// within reports whether real, a path without symbolic links, is inside dir.
func within(dir, real string) bool {
	if dir == "" {
		dir = "."
	}
	base, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return false
	}
	if base, err = filepath.Abs(base); err != nil {
		return false
	}
	if real, err = filepath.Abs(real); err != nil {
		return false
	}
	rel, err := filepath.Rel(base, real)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// eachTensor calls f with every constant of the model: initialisers and tensors
// in attributes, in subgraphs and functions too.
func (m *Model) eachTensor(f func(*Tensor) error) error {
	if m.Graph != nil {
		if err := m.Graph.eachTensor(f); err != nil {
			return err
		}
	}
	for _, fn := range m.Functions {
		if err := eachNodeTensor(fn.Nodes, f); err != nil {
			return err
		}
	}
	return nil
}

func (g *Graph) eachTensor(f func(*Tensor) error) error {
	for _, t := range g.Initializers {
		if err := f(t); err != nil {
			return err
		}
	}
	return eachNodeTensor(g.Nodes, f)
}

func eachNodeTensor(nodes []*Node, f func(*Tensor) error) error {
	for _, n := range nodes {
		for _, a := range n.Attributes {
			tensors := a.Tensors
			if a.Tensor != nil {
				tensors = append(tensors[:len(tensors):len(tensors)], a.Tensor)
			}
			for _, t := range tensors {
				if err := f(t); err != nil {
					return err
				}
			}
		}
		for _, sub := range n.Subgraphs() {
			if err := sub.eachTensor(f); err != nil {
				return err
			}
		}
	}
	return nil
}
