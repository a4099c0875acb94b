package classifier_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/diskcache"
	"github.com/sightline/sightline/internal/smoke"
	"github.com/sightline/sightline/internal/testdata"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/ort/fuse"
	"github.com/sightline/sightline/ort/laidout"
)

// keeper runs a model's gradient as processes do one after another, each with the graphs that
// those before have kept.
type keeper struct {
	*testing.T
	spec   *classifier.Spec
	path   string
	inputs []float32
	want   [][]float32 // without anything kept
}

func newKeeper(t *testing.T, path string) *keeper {
	k := &keeper{T: t, path: path, spec: inspect(t, testmodel.Write(t, testmodel.Options{Channels: 3, Side: 16}), classifier.Options{Preprocessing: "plain"})}
	c := openSpec(t, k.spec)
	k.inputs = randomInputs(t, c, 3)
	k.want, _ = k.gradient(c)
	return k
}

// gradient runs the program and tells whether it had to be made.
func (k *keeper) gradient(c *classifier.Classifier) (out [][]float32, made bool) {
	k.Helper()
	p, err := c.Program("gradient", func(g *autodiff.Graph) (*autodiff.Recipe, error) {
		made = true
		return gradientRecipe(g)
	})
	if err != nil {
		k.Fatal(err)
	}
	seeds := make([]float32, 3*c.Classes())
	for i := range 3 {
		seeds[i*c.Classes()+i] = 1
	}
	if out, err = p.Run(context.Background(), 3, k.inputs, seeds); err != nil {
		k.Fatal(err)
	}
	return out, made
}

func gradientRecipe(g *autodiff.Graph) (*autodiff.Recipe, error) {
	r, err := autodiff.Gradient(g.Model, autodiff.Options{Of: g.Scores, With: []string{g.Input}})
	if err != nil {
		return nil, err
	}
	return &autodiff.Recipe{Model: r.Model, Inputs: []string{g.Input, r.Seed}, Outputs: []string{r.Of, r.Gradients[0]}}, nil
}

// process is one with the graphs of a folder, of a program of that name. It tells whether it had to
// make the gradient's, and fails unless its values are the same to the bit.
func (k *keeper) process(by string) (made bool) {
	k.Helper()
	c := openKept(k.T, k.spec, k.graphs(by))
	defer c.Close()
	out, made := k.gradient(c)
	for i := range k.want {
		for j, want := range k.want[i] {
			if out[i][j] != want {
				k.Fatalf("value %d of output %d is %g, want %g", j, i, out[i][j], want)
			}
		}
	}
	return made
}

func (k *keeper) graphs(by string) *laidout.Graphs { return graphsIn(k, k.path, by) }

func openKept(t testing.TB, spec *classifier.Spec, graphs *laidout.Graphs) *classifier.Classifier {
	t.Helper()
	c, err := classifier.OpenKept(spec, 2, graphs)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func graphsIn(t testing.TB, path, by string) *laidout.Graphs {
	t.Helper()
	folder, err := diskcache.Open(path, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return laidout.In(folder, by)
}

// files are those of the entries.
func (k *keeper) files(name string) []string {
	found, err := filepath.Glob(filepath.Join(k.path, "*", name))
	if err != nil {
		k.Fatal(err)
	}
	return found
}

// A program's graph is made once for a model and what lays it out, fused operators included.
func TestGraphsAreKept(t *testing.T) {
	k := newKeeper(t, t.TempDir())
	for i, c := range []struct {
		by   string
		made bool
	}{{"this build", true}, {"this build", false}, {"another build", true}, {"another build", false}, {"this build", false}} {
		if made := k.process(c.by); made != c.made {
			t.Errorf("process %d, of %s, made the graph: %v", i, c.by, made)
		}
	}
	about, err := os.ReadFile(k.files("about.json")[0])
	if err != nil || !strings.Contains(string(about), `"fused":true`) {
		t.Errorf("nothing is fused, so that this tests little: %s %v", about, err)
	}
	other := *k.spec
	other.Name, other.Batch.Recommended = "another", 5
	k.spec = &other
	if k.process("this build") {
		t.Error("the same file under another name is another graph")
	}
	k.spec = inspect(t, testmodel.Write(t, testmodel.Options{Channels: 3, Side: 16, Opset: 14}), classifier.Options{Preprocessing: "plain"})
	if !k.process("this build") || len(k.files("contents")) != 2*3 { // the model's, and its gradient's
		t.Errorf("another file has the graph of the first; %d are kept", len(k.files("contents")))
	}
}

// Other weights under the same specification, as trust asks for, are another model, and not kept.
func TestGraphsOfOtherWeightsAreNotKept(t *testing.T) {
	k := newKeeper(t, t.TempDir())
	k.process("this build")
	c := openKept(t, k.spec, k.graphs("this build"))
	defer c.Close()
	m, err := c.File()
	if err != nil {
		t.Fatal(err)
	}
	other, err := c.With(m)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, made := k.gradient(other); !made {
		t.Error("a model with other weights has the graph of the file's")
	}
}

// A damaged entry is made anew, and the next process has it again.
func TestDamagedGraphsAreMadeAnew(t *testing.T) {
	k := newKeeper(t, t.TempDir())
	k.process("this build")
	for _, name := range []string{fuse.GraphFile, fuse.GraphFile + ".weights", "about.json", "contents"} {
		for _, path := range k.files(name) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			b[len(b)/2] ^= 1
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if len(k.files(name)) > 0 && (!k.process("this build") || k.process("this build")) {
			t.Errorf("after damage to %s the graph was not made anew once", name)
		}
	}
}

// Where nothing can be kept the work is done all the same; what is kept already is used.
func TestGraphsOnDisksThatCannotBeWritten(t *testing.T) {
	disk := t.TempDir()
	mount := func(flags uintptr, options string) {
		t.Helper()
		if err := syscall.Mount("graphs", disk, "tmpfs", flags, options); err != nil {
			t.Skipf("needs to mount a file system: %v", err)
		}
	}
	mount(0, "size=8k,mode=0700") // room for folders and notes, not for a graph
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	k := newKeeper(t, disk)
	for range 2 {
		if !k.process("this build") || len(k.files("*")) > 0 {
			t.Errorf("on a full disk there are %v", k.files("*"))
		}
	}
	mount(syscall.MS_REMOUNT, "size=1m")
	if !k.process("this build") || k.process("this build") {
		t.Error("once there is room the graph is not kept")
	}
	mount(syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=1m")
	if k.process("this build") {
		t.Error("what lies on a read-only disk is not used")
	}
	if !k.process("another build") {
		t.Error("a graph was kept on a read-only disk")
	}
}

// A graph that was kept gives the scores and embeddings of the file's to the bit, whatever the file
// computes with; so does one of the model with a layer as a further output.
func TestKeptGraphsGiveTheSameBits(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testdata.Dir(t), "models", "*", "model.onnx"))
	if err != nil || len(files) < 15 {
		t.Fatalf("%d models, %v", len(files), err)
	}
	path := t.TempDir()
	if os.Getenv("CI") == "" {
		files = slices.DeleteFunc(files, func(file string) bool {
			return !slices.ContainsFunc([]string{"fp16", "v1-int8", "qoperator", "external"}, func(kind string) bool { return strings.Contains(file, kind) })
		})
	}
	for _, file := range files {
		spec, err := classifier.Inspect(t.Context(), file, classifier.Options{Preprocessing: "plain"})
		if err != nil {
			t.Logf("%s: %v", file, err) // the one that reads lines of text has no size of its own
			continue
		}
		want := runs(t, openSpec(t, spec))
		for _, process := range []string{"first", "second"} {
			c := openKept(t, spec, graphsIn(t, path, "this build"))
			if got := runs(t, c); !slices.EqualFunc(got, want, sameFloats) {
				t.Errorf("%s: the %s process has other scores", file, process)
			}
			c.Close()
		}
	}
	if kept, _ := filepath.Glob(filepath.Join(path, "*", "contents")); len(kept) < 2*len(files)-3 {
		t.Errorf("%d graphs are kept of %d models", len(kept), len(files))
	}
}

// runs are the scores and embeddings of a model's trials, alone and with its embedding as a tensor
// from inside.
func runs(t *testing.T, c *classifier.Classifier) (list [][]float32) {
	t.Helper()
	input, err := c.Trials(2)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := c.Run(t.Context(), input, 2)
	if err != nil {
		t.Fatal(err)
	}
	list = append(list, alone.Logits, alone.Embedding)
	inside := c.Spec().EmbeddingTensor
	if inside == "" {
		return list
	}
	f, err := c.Forward(t.Context(), []string{inside})
	if apart := (*classifier.ApartError)(nil); errors.As(err, &apart) {
		return list
	}
	if err != nil {
		t.Fatal(err)
	}
	both, err := f.Run(t.Context(), input, 2)
	if err != nil {
		t.Fatal(err)
	}
	return append(list, both.Logits, both.Embedding, both.Tensors[0])
}

func sameFloats(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// BenchmarkOpen opens a model, and then its gradient, as the first process of a machine does, which
// lays the graphs out, and as those after it do. The model's file is read and hashed in each.
func BenchmarkOpen(b *testing.B) {
	models := []string{"models/groceries-freiburg-mobilenetv2/model.onnx", "optests/light/light_resnet50.onnx"}
	if smoke.Benchmarks() {
		models = models[:1]
	}
	for _, path := range models {
		path = filepath.Join(testdata.Dir(b), path)
		spec, err := classifier.Inspect(b.Context(), path, classifier.Options{Preprocessing: "imagenet"})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(spec.Name+"/made", func(b *testing.B) { benchmarkOpening(b, spec, nil) })
		b.Run(spec.Name+"/kept", func(b *testing.B) { benchmarkOpening(b, spec, graphsIn(b, b.TempDir(), "this build")) })
	}
}

func benchmarkOpening(b *testing.B, spec *classifier.Spec, graphs *laidout.Graphs) {
	var model, gradient []float64
	open := func() {
		started := time.Now()
		c := openKept(b, spec, graphs)
		defer c.Close()
		opened := time.Now()
		if _, err := c.Program("gradient", gradientRecipe); err != nil {
			b.Fatal(err)
		}
		model, gradient = append(model, opened.Sub(started).Seconds()), append(gradient, time.Since(opened).Seconds())
	}
	open()
	model, gradient = nil, nil
	for b.Loop() {
		open()
	}
	for name, list := range map[string][]float64{"model-ms": model, "gradient-ms": gradient} {
		slices.Sort(list)
		b.ReportMetric(1000*list[len(list)/2], name)
	}
}
