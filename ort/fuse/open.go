package fuse

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/onnx/canonical"
	"github.com/sightline/sightline/ort"
	"github.com/sightline/sightline/ort/kernels"
)

// most is the size of weights, in bytes, up to which graphs are laid out twice: that
// writes them to a file once.
const most = 512 << 20

// Open loads a model like [ort.Open], with fused operators. m is the model in
// canonical form, of which encoded are the bytes. It takes about twice as long, and
// a temporary file of the size of the weights while it lasts.
func Open(m *onnx.Model, encoded []byte, inputs, outputs []string, o ort.Options) (*ort.Session, error) {
	if slices.ContainsFunc(m.Graph.Nodes, worthwhile) {
		// Whatever goes wrong, a full disk for one, the graph itself may run.
		if s, err := openByFile(m, encoded, inputs, outputs, o); err == nil {
			return s, nil
		}
	}
	return ort.Open(encoded, inputs, outputs, o)
}

// worthwhile reports whether a node may be a part of what is fused.
func worthwhile(n *onnx.Node) bool {
	return n.Op == "HardSigmoid" || n.Op == "MaxPool" && len(n.Outputs) > 1
}

func openByFile(m *onnx.Model, encoded []byte, inputs, outputs []string, o ort.Options) (*ort.Session, error) {
	sweep()
	folder, err := os.MkdirTemp("", prefix)
	if err != nil {
		return nil, fmt.Errorf("lay out the graph: %w", err)
	}
	// The runtime maps the weights: their file's name is no longer needed then.
	defer os.RemoveAll(folder)
	s, _, err := LayOut(folder, m, encoded, inputs, outputs, o)
	return s, err
}

// GraphFile is the file that LayOut writes; the weights are beside it.
const GraphFile = "graph.onnx"

// LayOut is Open by way of files in a folder, which stay there for [Reopen]; fused
// tells it what the graph needs. It fails on graphs with more than 512 MB of weights.
func LayOut(folder string, m *onnx.Model, encoded []byte, inputs, outputs []string, o ort.Options) (s *ort.Session, fused bool, err error) {
	if _, weights := canonical.Bytes(m); weights > most {
		return nil, false, fmt.Errorf("lay out the graph: its weights have %d bytes", weights)
	}
	path := filepath.Join(folder, GraphFile)
	laidOut, s, err := layOut(path, encoded, inputs, outputs, o)
	if err != nil {
		return nil, false, err
	}
	if !slices.ContainsFunc(m.Graph.Nodes, worthwhile) || Rewrite(laidOut, canonical.Types(m), Block()) == 0 {
		return s, false, nil
	}
	s.Close()
	graph := laidOut.Marshal()
	if err := os.WriteFile(path, graph, 0o600); err != nil {
		return nil, true, fmt.Errorf("lay out the graph: %w", err)
	}
	s, err = Reopen(folder, graph, true, inputs, outputs, o)
	return s, true, err
}

// Reopen opens a graph that LayOut has written into a folder, of which graph are the
// bytes: in a few milliseconds, since nothing is left to be laid out.
func Reopen(folder string, graph []byte, fused bool, inputs, outputs []string, o ort.Options) (*ort.Session, error) {
	o.Plain, o.Kernels, o.ExternalDir, o.Optimised = true, fused, folder, ""
	return ort.Open(graph, inputs, outputs, o)
}

// prefix begins the names of temporary folders.
const prefix = "sightline-graph-"

// sweep removes, once, the folders of processes that were killed: they are needed for
// seconds.
var sweep = sync.OnceFunc(func() {
	found, _ := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	for _, folder := range found {
		if info, err := os.Stat(folder); err == nil && time.Since(info.ModTime()) > time.Hour {
			os.RemoveAll(folder)
		}
	}
})

// layOut returns the graph as the runtime optimises it for this machine, and the
// session that it was opened for.
func layOut(path string, encoded []byte, inputs, outputs []string, o ort.Options) (*onnx.Model, *ort.Session, error) {
	o.Optimised = path
	s, err := ort.Open(encoded, inputs, outputs, o)
	if err != nil {
		return nil, nil, err
	}
	m, err := onnx.ReadFile(path)
	if err != nil {
		s.Close()
		return nil, nil, err
	}
	return m, s, nil
}

// Rewrite fuses what it finds in a graph that ONNX Runtime has laid out, with
// blocks of a number of channels, and returns how many operators it put in. types
// are those of the graph before that: the runtime's file does not say them.
func Rewrite(m *onnx.Model, types map[string]canonical.Type, block int64) int {
	r := newRewriter(m, types)
	r.splits()
	r.biases()
	// From the last to the first: a mask inside of a mask is then part of the outer.
	for _, n := range slices.Backward(slices.Clone(r.graph.Nodes)) {
		for _, fused := range []func(*onnx.Node) *onnx.Node{r.gate, r.poolGradient, r.interleave, r.swishGradient, r.scale, r.channelDot} {
			if with := fused(n); with != nil {
				r.replace(n, with)
				break
			}
		}
	}
	r.prune()
	if block > 1 {
		r.intoBlocks(block)
		r.prune()
	}
	count := 0
	for _, n := range m.Graph.Nodes {
		if r.fused[n] {
			count++
		}
	}
	if count > 0 {
		m.Opsets = append(m.Opsets, onnx.Opset{Domain: kernels.Domain, Version: kernels.Version})
	}
	return count
}
