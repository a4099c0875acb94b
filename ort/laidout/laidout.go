// Package laidout keeps graphs on disk as ONNX Runtime has laid them out for this machine, for the
// next process that opens the same ones: ResNet-50's gradient takes a second to make and to lay
// out, and hundredths of one to open again.
package laidout

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/sightline/sightline/internal/diskcache"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
	"github.com/sightline/sightline/ort/fuse"
)

// Graphs are those of a folder. A nil one keeps nothing.
type Graphs struct {
	folder *diskcache.Folder
	by     string
}

// In keeps graphs in a folder. by names all that they depend on besides what Of is told: the build
// of the program, the runtime and the processor.
func In(folder *diskcache.Folder, by string) *Graphs { return &Graphs{folder: folder, by: by} }

// Of is the place of the graph that is made from such parts, which are told apart by their JSON;
// nil if they have none.
func (g *Graphs) Of(parts ...any) *Place {
	if g == nil {
		return nil
	}
	text, err := json.Marshal(append([]any{g.by}, parts...))
	if err != nil {
		return nil
	}
	sum := sha256.Sum256(text)
	return &Place{g, hex.EncodeToString(sum[:])}
}

// A Place is where one graph is kept. A nil one keeps it nowhere.
type Place struct {
	graphs *Graphs
	key    string
}

// About is what is kept beside a graph.
type About struct {
	Inputs  []string  `json:"inputs"`
	Outputs []string  `json:"outputs"`
	Shapes  [][]int64 `json:"shapes"` // of the inputs, the batch being -1
	Memory  int64     `json:"memory"` // bytes per sample of all that a run computes
	Size    int64     `json:"size"`   // bytes of the graph, weights included
	Fused   bool      `json:"fused"`
}

const aboutFile = "about.json"

// Open opens the graph; nil if it is not kept, or anything is wrong with it: then it is to be
// made anew.
func (p *Place) Open(o ort.Options) (*ort.Session, About) {
	if p == nil {
		return nil, About{}
	}
	entry := p.graphs.folder.Find(p.key)
	if entry == nil {
		return nil, About{}
	}
	var about About
	text, err := entry.Read(aboutFile)
	if err != nil || json.Unmarshal(text, &about) != nil {
		return nil, About{}
	}
	graph, err := entry.Read(fuse.GraphFile)
	if err != nil {
		return nil, About{}
	}
	s, err := fuse.Reopen(entry.Path, graph, about.Fused, about.Inputs, about.Outputs, o)
	if err != nil {
		return nil, About{}
	}
	return s, about
}

// LayOut is [fuse.LayOut] into the place; nil where nothing can be kept.
func (p *Place) LayOut(about About, m *onnx.Model, encoded []byte, o ort.Options) *ort.Session {
	return p.keep(about, func(folder string) (s *ort.Session, fused bool, err error) {
		return fuse.LayOut(folder, m, encoded, about.Inputs, about.Outputs, o)
	})
}

// Write is LayOut of any graph, with the runtime's operators alone.
func (p *Place) Write(about About, encoded []byte, o ort.Options) *ort.Session {
	return p.keep(about, func(folder string) (s *ort.Session, fused bool, err error) {
		o.Optimised = filepath.Join(folder, fuse.GraphFile)
		s, err = ort.Open(encoded, about.Inputs, about.Outputs, o)
		return s, false, err
	})
}

// keep keeps what layOut writes. A read-only folder costs nothing, a full one a second attempt.
func (p *Place) keep(about About, layOut func(folder string) (*ort.Session, bool, error)) (s *ort.Session) {
	if p == nil {
		return nil
	}
	_ = p.graphs.folder.Keep(p.key, func(folder string) (err error) {
		if s, about.Fused, err = layOut(folder); err != nil {
			return err
		}
		text, err := json.Marshal(about)
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, aboutFile), text, 0o600)
		}
		return err
	})
	return s
}
