// Package synthetic fills a workspace with a large evaluation whose scores are
// made up, for benchmarks and for trying the interface at scale; the program
// generate beside it makes one to serve. Images are made only by WriteImages:
// without it the samples' files do not exist.
package synthetic

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"

	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/results/scoreblock"
	"github.com/sightline/sightline/stores"
	"github.com/sightline/sightline/workspace"
)

// Size of what Fill makes.
type Size struct {
	Samples   int
	Classes   int
	Chunk     int    // samples of a score block; 0: 4096
	Embedding int    // values of an embedding; 0: none
	Root      string // folder of the files that WriteImages made; "" for one that does not exist
	Spent     *Spent // nil: nobody asks
}

// Spent is how long Fill took for what a server and its workers do; making up scores is no part
// of it.
type Spent struct {
	Import time.Duration // storing the list of samples
	Blocks time.Duration // writing blocks, as workers do
	Ingest time.Duration // storing them
}

// Accuracy is about the share of right predictions Fill makes.
const Accuracy = 0.75

// Fill imports a dataset "synthetic", registers a model "random" and evaluates
// it, the same for the same size. A quarter of the samples are in split "val",
// the others in "test". Wrong predictions fall mostly on neighbouring classes.
func Fill(ctx context.Context, w *stores.Stores, s Size, progress func(done int)) (*results.Evaluation, error) {
	if s.Chunk == 0 {
		s.Chunk = 4096
	}
	written := s.Root != ""
	if !written {
		s.Root = "/synthetic"
	}
	names, classOf := classNames(s.Classes)
	listed := samples(s, names)
	if written {
		if err := contents(listed); err != nil {
			return nil, err
		}
	}
	if s.Spent == nil {
		s.Spent = new(Spent)
	}
	scan := &dataset.Result{Source: dataset.Source{Root: s.Root}, Layout: "folders", Samples: listed}
	began := time.Now()
	if _, err := w.Catalog.Import(ctx, "synthetic", scan); err != nil {
		return nil, err
	}
	s.Spent.Import = time.Since(began)
	if _, err := w.Catalog.PutModel(ctx, "random", "none", json.RawMessage(`{"name":"random"}`), results.OfModel); err != nil {
		return nil, err
	}
	e, ids, err := w.Results.PlanEvaluation(ctx, results.EvaluationPlan{Dataset: "synthetic", Model: "random", Job: "synthetic",
		Classes: names, Matching: json.RawMessage(`{}`), LabelClass: classOf})
	if err != nil {
		return nil, err
	}
	for first := 0; first < len(ids); first += s.Chunk {
		if err := chunk(ctx, w, e.ID, s, first, ids[first:min(first+s.Chunk, len(ids))]); err != nil {
			return nil, err
		}
		if progress != nil {
			progress(min(first+s.Chunk, len(ids)))
		}
	}
	return e, w.Results.FinishEvaluation(ctx, e.ID)
}

// contents puts in what the files of samples will hold.
func contents(listed []dataset.Sample) error {
	drawn, err := draw()
	if err != nil {
		return err
	}
	for i := range listed {
		file := content(drawn, i)
		listed[i].Hash, listed[i].Bytes = files.Hash(file), int64(len(file))
	}
	return nil
}

// classNames has one name as long as ImageNet's longest: pages must bear it.
func classNames(classes int) (names []string, classOf map[string]int) {
	names, classOf = make([]string, classes), map[string]int{}
	for c := range names {
		names[c] = fmt.Sprintf("class %04d", c)
		if c == 1 {
			names[c] += ", hummingbird hawk-moth, Macroglossum stellatarum, Sphingidae"
		}
		classOf[names[c]] = c
	}
	return names, classOf
}

// fileName is the path of sample i below the root.
func fileName(i int) string { return fmt.Sprintf("%08d.jpg", i) }

// width and height of a sample's image in pixels.
const width, height = 500, 400

// truth spreads the samples over the classes.
func truth(i, classes int) int { return int(uint64(i) * 2654435761 % uint64(classes)) }

func samples(s Size, names []string) []dataset.Sample {
	list := make([]dataset.Sample, s.Samples)
	for i := range list {
		label := names[truth(i, s.Classes)]
		split := "test"
		if i%4 == 0 {
			split = "val"
		}
		list[i] = dataset.Sample{Path: fileName(i), Label: label, Labelled: true, Split: split, Hash: fmt.Sprintf("%032x", i),
			Bytes: 100_000, Format: "jpeg", Width: width, Height: height, Orientation: 1}
	}
	return list
}

func chunk(ctx context.Context, w *stores.Stores, evaluation string, s Size, first int, ids []int64) error {
	b := &scoreblock.Block{Samples: ids, Classes: s.Classes, Kind: scoreblock.SoftmaxLogits,
		Values: make([]float32, len(ids)*s.Classes), Embedding: make([]float32, len(ids)*s.Embedding)}
	r := rand.New(rand.NewPCG(uint64(first), 7))
	for i := range ids {
		logits(r, b.Values[i*s.Classes:(i+1)*s.Classes], truth(first+i, s.Classes))
	}
	for i := range b.Embedding {
		b.Embedding[i] = r.Float32()
	}
	path := filepath.Join(w.Workspace.Incoming(), "synthetic")
	began := time.Now()
	if err := scoreblock.Write(path, b); err != nil {
		return err
	}
	written := time.Now()
	s.Spent.Blocks += written.Sub(began)
	defer func() { s.Spent.Ingest += time.Since(written) }()
	return w.Workspace.Update(ctx, func(tx *workspace.Tx) error {
		return w.Results.IngestBlock(ctx, tx, results.ChunkResult{Evaluation: evaluation, Job: "synthetic", Seq: first / s.Chunk, Block: path})
	})
}

// logits are noise in −4..4 with a peak on the class predicted.
func logits(r *rand.Rand, row []float32, truth int) {
	for c := range row {
		row[c] = r.Float32()*8 - 4
	}
	predicted := truth
	if r.Float64() > Accuracy {
		predicted = (truth + 1 + int(r.ExpFloat64()*2)) % len(row)
	}
	row[predicted] += 4 + r.Float32()*10
	row[truth] += r.Float32() * 6
}
