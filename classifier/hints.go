package classifier

import (
	"fmt"
	"math"
	"strings"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/onnx"
)

// InputHints are what a graph says of the values that it takes, without being told. The zero
// value says nothing.
type InputHints struct {
	TensorFlow bool     `json:"tensorflow"` // it comes from TensorFlow or Keras
	Low        float64  `json:"low"`        // the range of values that it is made for;
	High       float64  `json:"high"`       // equal where that is not known
	Notes      []string `json:"notes"`      // what was seen, in words
}

// Hints reads the model's graph from its input to the first layer with weights.
func (c *Classifier) Hints() (InputHints, error) {
	m, err := c.File()
	if err != nil {
		return InputHints{}, err
	}
	return hintsOf(m, c.spec.Input), nil
}

func hintsOf(m *onnx.Model, in Input) (h InputHints) {
	if h.TensorFlow = fromTensorFlow(m, in); h.TensorFlow {
		h.note("the graph comes from TensorFlow or Keras (%s, %s), so PyTorch's mean and deviation are not assumed", named(m.Producer()), in.Layout)
	}
	h.follow(m.Graph.Index(), in)
	return h
}

func named(producer string) string {
	if producer == "" {
		return "no producer named"
	}
	return "producer " + producer
}

func (h *InputHints) note(format string, args ...any) {
	h.Notes = append(h.Notes, fmt.Sprintf(format, args...))
}

// fromTensorFlow tells by the producer, or by channels that come last.
func fromTensorFlow(m *onnx.Model, in Input) bool {
	producer := strings.ToLower(m.Producer())
	for _, name := range []string{"tf2onnx", "keras", "tensorflow", "tflite"} {
		if strings.Contains(producer, name) {
			return true
		}
	}
	return in.Layout == imaging.NHWC
}

// follow walks from the input over what only moves or converts values. A scale and a shift on
// the way are collected: value · scale + shift.
func (h *InputHints) follow(x *onnx.Index, in Input) {
	name, scale, shift := in.Name, 1.0, 0.0
	for range 16 {
		uses := x.Consumers(name)
		if len(uses) != 1 || len(uses[0].Node.Outputs) == 0 {
			return
		}
		n := uses[0].Node
		switch {
		case n.Is("Transpose", "Cast", "Identity", "Reshape", "Pad", "Unsqueeze", "Squeeze"):
		case n.Is("QuantizeLinear"):
			h.quantised(x, n)
			return
		case n.Is("BatchNormalization"):
			h.normalised(x, n)
			return
		case n.Is("Sub", "Add", "Mul", "Div"):
			other, ok := constantMean(x, n.Input(1-uses[0].Input))
			if !ok || uses[0].Input == 1 && n.Is("Sub", "Div") || other == 0 && n.Is("Div") {
				return
			}
			scale, shift = combined(n.Op, scale, shift, other)
		default:
			h.scaled(scale, shift)
			return
		}
		name = n.Outputs[0]
	}
}

func combined(op string, scale, shift, by float64) (float64, float64) {
	switch op {
	case "Sub":
		return scale, shift - by
	case "Add":
		return scale, shift + by
	case "Mul":
		return scale * by, shift * by
	}
	return scale / by, shift / by
}

// scaled tells which numbers a first scale and shift bring near 0.
func (h *InputHints) scaled(scale, shift float64) {
	if scale == 1 && shift == 0 {
		return
	}
	for _, top := range []float64{255, 1} {
		low, high := shift, top*scale+shift
		if spread := math.Abs(high - low); spread >= 0.8 && spread <= 8 && math.Abs(low) <= 5 && math.Abs(high) <= 5 {
			h.Low, h.High = 0, top
			h.note("the graph normalises its input itself: it takes 0..%g", top)
			return
		}
	}
}

// quantised takes the range of the input's quantisation, which comes from the images it
// was calibrated on.
func (h *InputHints) quantised(x *onnx.Index, n *onnx.Node) {
	scale, ok := constantMean(x, n.Input(1))
	if !ok || scale <= 0 {
		return
	}
	zero, least, most := 0.0, 0.0, 255.0
	if t := x.Constant(n.Input(2)); t != nil {
		zero, _ = constantMean(x, n.Input(2))
		if t.Type == onnx.Int8 {
			least, most = -128, 127
		}
	}
	h.Low, h.High = (least-zero)*scale, (most-zero)*scale
	h.note("the input is quantised to the range %.3g to %.3g", h.Low, h.High)
}

// normalised takes the range of two deviations about the mean of a first BatchNormalization:
// they are those of the images it was trained on.
func (h *InputHints) normalised(x *onnx.Index, n *onnx.Node) {
	means, ok := constantValues(x, n.Input(3))
	variances, known := constantValues(x, n.Input(4))
	if !ok || !known || len(means) != len(variances) || len(means) == 0 {
		return
	}
	h.Low, h.High = math.Inf(1), math.Inf(-1)
	for i, m := range means {
		d := 2 * math.Sqrt(math.Max(0, float64(variances[i])))
		h.Low, h.High = math.Min(h.Low, float64(m)-d), math.Max(h.High, float64(m)+d)
	}
	h.note("a first BatchNormalization has seen values from about %.3g to %.3g", h.Low, h.High)
}

func constantValues(x *onnx.Index, name string) ([]float32, bool) {
	t := x.Constant(name)
	if t == nil {
		return nil, false
	}
	values, err := t.Floats()
	return values, err == nil && len(values) > 0
}

// constantMean is the mean of a constant of one value or of one a channel.
func constantMean(x *onnx.Index, name string) (float64, bool) {
	values, ok := constantValues(x, name)
	if !ok || len(values) > 4 {
		return 0, false
	}
	sum := 0.0
	for _, v := range values {
		sum += float64(v)
	}
	return sum / float64(len(values)), true
}
