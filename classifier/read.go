package classifier

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/sightline/sightline/autodiff"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
)

// Options say what the user decided about a model; the zero value leaves all to
// what is found.
type Options struct {
	Name          string // default: the name of the file, or of the folder of a model.onnx
	Preprocessing string // a file or a preset
	Classes       string // a file
	Background    bool   // a background class is what the names and the scores may differ by
	Output        string // the name of the class output
	Threads       int    // of the session that Quick opens; 0 means 1

	// Watch, unless nil, watches every run of the model.
	Watch Watch `json:"-"`
}

// Inspect finds out how to use the model at path. It runs the model on generated
// images, so call it where a crash does no harm. Errors match those of this
// package, of onnx or of ort.
func Inspect(ctx context.Context, path string, o Options) (*Spec, error) {
	r, err := begin(path, o, onnx.ReadFile)
	if err != nil {
		return nil, err
	}
	defer r.close()
	return r.spec, r.take(ctx, r.digest, r.input, r.preparation, r.output, r.tensors, r.batch, r.classes, r.recommend)
}

// Quick readies the model at path for one image. It recognises what Inspect does, but
// runs the model only where its graph leaves a doubt, such as several outputs or a
// softmax made of other operators; batches and embedding are not looked for. The
// session of the whole model is opened when Run or Score first need it. The spec has
// no digest. The file must not change before the process ends.
func Quick(ctx context.Context, path string, o Options) (*Classifier, error) {
	r, err := begin(path, o, onnx.MapFile)
	if err != nil {
		return nil, err
	}
	if err := r.take(ctx, r.input, r.preparation, r.ending, r.classes); err != nil {
		return nil, err
	}
	c := &Classifier{spec: r.spec, threads: max(1, o.Threads), mapped: true}
	if r.graph != nil {
		c.adopt(r.graph)
	}
	return c, nil
}

// A reading is a model file on its way to a specification. Each step fills in a part
// of spec, with what those before it found:
//
//	digest       the file's own digest
//	input        the image input: layout, type and size
//	preparation  how images are prepared, by what is stated or lies beside the file
//	output       which output has the class scores: by running the file
//	tensors      activation, logits and embedding: proven by running them
//	ending       both, by the graph alone where that is certain
//	batch        whether any batch gives what single images give
//	classes      what the classes are called
//	recommend    how many samples make a batch
type reading struct {
	options Options
	spec    *Spec
	model   *onnx.Model // as the file is; steps change copies
	fixed   int         // the file's own batch length, 0 if free

	found  settings        // since preparation
	probes []float32       // inputs of the generated images, since output
	scores probed          // the class output on them, since output
	took   time.Duration   // the shortest run of a probe, per sample
	taken  [][][]float32   // scores and embedding as planned on them, since tensors
	graph  *autodiff.Graph // since ending, nil where the model was run

	work, weights int64        // multiply-adds a sample and bytes, since batch; 0 where not known
	session       *ort.Session // of the graph as made by made, nil before
	made          plan
}

// planned is a session of the file's graph as p has it: the one of the step before, where
// that is the same. Opening one takes longer than all runs of a step.
func (r *reading) planned(p plan) (*ort.Session, error) {
	if r.session != nil && r.made == p {
		return r.session, nil
	}
	r.close()
	session, err := p.open(r.model.Copy(), r.spec.Input.Name, 1, nil)
	if err != nil {
		return nil, err
	}
	r.session, r.made = session, p
	return session, nil
}

func (r *reading) close() {
	if r.session != nil {
		r.session.Close()
		r.session = nil
	}
}

// begin reads the file at path and takes over what it states.
func begin(path string, o Options, read func(string) (*onnx.Model, error)) (*reading, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find the model: %w", err)
	}
	m, err := read(path)
	if err != nil {
		return nil, err
	}
	s := &Spec{Name: o.Name, Path: path, Opset: m.Opset(""), Producer: m.Producer(), Warnings: []string{}}
	if s.Name == "" {
		s.Name = nameFromPath(path)
	}
	for _, out := range m.Graph.Outputs {
		s.Outputs = append(s.Outputs, out.String())
	}
	return &reading{options: o, spec: s, model: m}, nil
}

// nameFromPath is the file's name, or its folder's where the file is just called
// model, as exporters do.
func nameFromPath(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	if folder := filepath.Base(filepath.Dir(path)); name == "model" && folder != "onnx" {
		return folder
	}
	return name
}

// take takes the steps in order; an error names the file.
func (r *reading) take(ctx context.Context, steps ...func(context.Context) error) error {
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return fmt.Errorf("%s: %w", r.spec.Path, err)
		}
	}
	return nil
}

func (r *reading) digest(context.Context) (err error) {
	r.spec.SHA256, r.spec.Size, err = hashModel(r.model, r.spec.Path)
	return err
}

// How many samples go into one run is a rule on the graph and not a measurement: the same file
// has the same batch on every machine and every day, and its scores are the same to the bit.
const (
	// enoughWork is how many multiply-adds make the time that a run takes by itself, about
	// two microseconds an operator, small beside its arithmetic.
	enoughWork = 256 << 20
	// cachedWeights is the size of weights up to which a core's caches keep them from one run
	// to the next. Larger ones are read from memory again in each run.
	cachedWeights = 32 << 20

	shortestBatch = 2
	sharedBatch   = 4 // of large weights, whose reading several samples share
	longestBatch  = 32
	defaultBatch  = 8 // where the graph's work is not known
)

// recommend decides how many samples make a batch. Longer batches than the rule's push each
// other's activations out of the caches: MobileNetV2 is 15 % slower with 8 than with 2.
func (r *reading) recommend(context.Context) error {
	b := &r.spec.Batch
	if b.Mode == Fixed {
		b.Recommended = b.Fixed
		return nil
	}
	b.Recommended = recommended(r.work, r.weights)
	return nil
}

// recommended is the batch for a graph of so many multiply-adds a sample and bytes of weights.
func recommended(work, weights int64) int {
	if work == 0 {
		return defaultBatch
	}
	n := shortestBatch
	if weights > cachedWeights {
		n = sharedBatch
	}
	for n < longestBatch && int64(n)*work < enoughWork {
		n *= 2
	}
	return n
}
