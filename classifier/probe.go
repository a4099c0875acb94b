package classifier

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/onnx"
	"github.com/sightline/sightline/ort"
)

// probes is how many generated images a model is tried on.
const probes = 3

// probeInputs returns the inputs of three generated images that differ in
// brightness, colour and structure, preprocessed as photos will be. They are the
// same every time.
func probeInputs(s *Spec) ([]float32, error) { return generated(s, probes) }

// generated are the first of them, as many as are asked for.
func generated(s *Spec, count int) ([]float32, error) {
	c := &Classifier{spec: s}
	n := s.Input.Len()
	values := make([]float32, count*n)
	for i := range count {
		if _, err := c.Preprocess(probeImage(uint64(i), s.Input.Width, s.Input.Height), values[i*n:(i+1)*n]); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrPreprocessing, err)
		}
	}
	return values, nil
}

// probeImage draws smooth waves of random direction and colour under noise.
func probeImage(seed uint64, w, h int) *imaging.Image {
	r := rand.New(rand.NewPCG(seed, 0x5167))
	im := &imaging.Image{Width: w, Height: h, Pix: make([]uint8, 3*w*h)}
	for c := range 3 {
		fx, fy, phase := 12*r.Float64()-6, 12*r.Float64()-6, 6*r.Float64()
		mid, swing := 60+130*r.Float64(), 20+70*r.Float64()
		for y := range h {
			for x := range w {
				wave := math.Sin(fx*float64(x)/float64(w) + fy*float64(y)/float64(h) + phase)
				v := mid + swing*wave + 24*r.NormFloat64()
				im.Pix[3*(y*w+x)+c] = uint8(min(255, max(0, v)))
			}
		}
	}
	return im
}

// A probed output: its shape for a batch of one group and its values per probe.
type probed struct {
	value  *onnx.Value
	shapes []int64
	values [][]float32 // one per probe

	zipped string   // the output of the file that ZipMap makes of this tensor
	sorted bool     // see unsorted
	least  bool     // and the least is the best
	stated []string // the outputs of the file that this tensor is taken instead of
}

// probeOutputs runs the file's graph as it is, sample by sample, and returns every
// tensor output, or the scores that it is sorted from.
func (r *reading) probeOutputs(ctx context.Context) ([]probed, error) {
	x := r.model.Graph.Index()
	listed, zipped := beforeZipMap(x, r.model.Graph.Outputs)
	outputs, err := r.probeTensors(ctx, append(listed[:len(listed):len(listed)], beforeSorting(x, listed)...))
	if err != nil {
		return nil, err
	}
	for i, o := range outputs {
		outputs[i].zipped = zipped[o.value.Name]
	}
	declared := slices.IndexFunc(outputs, func(o probed) bool { return !slices.Contains(listed, o.value) })
	if declared < 0 {
		declared = len(outputs)
	}
	return unsorted(x, outputs, declared, max(1, r.fixed)), nil
}

// probeTensors runs the file's graph for those of its tensors that hold numbers.
func (r *reading) probeTensors(ctx context.Context, tensors []*onnx.Value) ([]probed, error) {
	var outputs []probed
	var names []string
	m := r.model.Copy()
	for _, v := range tensors {
		scalar := v.HasShape && len(v.Shape) == 0
		if v.IsTensor() && v.Type != onnx.String && v.Type != onnx.Bool && !scalar {
			outputs = append(outputs, probed{value: v})
			names = append(names, m.Graph.AddOutput(v.Name, r.typeOf(v)))
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	m.Graph.KeepOutputs(names...)
	session, _, err := openSession(m, []string{r.spec.Input.Name}, names, 1, asIs)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	for i := range probes {
		raw, err := r.runProbe(ctx, session, i)
		if err != nil {
			return nil, err
		}
		for j, t := range raw {
			outputs[j].shapes = t.Shape
			outputs[j].values = append(outputs[j].values, firstOf(t, max(1, r.fixed)))
		}
	}
	return outputs, nil
}

// typeOf is a tensor's type where the file declares it.
func (r *reading) typeOf(v *onnx.Value) onnx.DataType {
	if slices.Contains(r.model.Graph.Outputs, v) {
		return v.Type
	}
	return onnx.Undefined
}

// runProbe runs generated image i alone, at the file's own batch.
func (r *reading) runProbe(ctx context.Context, session *ort.Session, i int) ([]*ort.Tensor, error) {
	n := r.spec.Input.Len()
	var raw []*ort.Tensor
	began := time.Now()
	err := r.options.Watch.run(ctx, r.spec.usual(max(1, r.fixed)), func(ctx context.Context) (err error) {
		raw, err = runSession(ctx, session, r.spec.Input, r.probes[i*n:(i+1)*n], 1, r.fixed)
		return err
	})
	if took := time.Since(began) / time.Duration(max(1, r.fixed)); r.took == 0 || took < r.took {
		r.took = took
		r.spec.Batch.timed(took)
	}
	return raw, err
}

// firstOf returns the values of the first of n samples.
func firstOf(t *ort.Tensor, n int) []float32 {
	values := t.Floats()
	return values[:len(values)/n]
}

// classesOf returns how many scores an output gives per sample, for a batch of n:
// all dimensions but the first and one other must be 1. 0 means that it is no
// list of scores.
func classesOf(shape []int64, n int) int {
	if len(shape) == 1 && n == 1 && shape[0] > 0 {
		return int(shape[0])
	}
	if len(shape) < 2 || shape[0] != int64(n) {
		return 0
	}
	classes := int64(1)
	for _, d := range shape[1:] {
		if d != 1 && classes != 1 {
			return 0
		}
		classes *= d
	}
	return int(classes)
}
