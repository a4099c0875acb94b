package classifier

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/sightline/sightline/imaging"
)

// A Spec is everything known of a model: what Inspect found out, and all that
// Open needs besides the file. It is stored as JSON.
type Spec struct {
	Name     string `json:"name"`
	Path     string `json:"path"`   // absolute
	SHA256   string `json:"sha256"` // of the file, then of its external data files in order of name
	Size     int64  `json:"size"`   // bytes, external data included
	Opset    int64  `json:"opset"`  // of the standard operators
	Producer string `json:"producer"`

	Input      Input      `json:"input"`
	Output     Output     `json:"output"`
	Outputs    []string   `json:"outputs"` // as declared, e.g. "logits: float32[N,10]"
	Activation Activation `json:"activation"`
	// LogitTensor is the tensor before the activation. "" means that the graph
	// hides it: logits are then log-probabilities.
	LogitTensor string `json:"logit_tensor"`
	// EmbeddingTensor is the input of the last linear layer, "" if there is none;
	// EmbeddingSize is the length of the vector made of it, per sample.
	EmbeddingTensor string `json:"embedding_tensor"`
	EmbeddingSize   int    `json:"embedding_size"`
	Batch           Batch  `json:"batch"`

	Preprocessing imaging.Preprocessing `json:"preprocessing"`
	Classes       []string              `json:"classes"`
	ClassIDs      []string              `json:"class_ids,omitempty"` // WordNet's, by class, where the names came with them
	Provenance    []Setting             `json:"provenance"`
	Warnings      []string              `json:"warnings"`
}

// DType is the element type of a model's input.
type DType string

// The input types that are supported.
const (
	Float32 DType = "float32"
	Float16 DType = "float16"
	Uint8   DType = "uint8"
)

// Input is a model's image input. Height and width are what is fed: where the
// model leaves them free, those of the preprocessing.
type Input struct {
	Name     string         `json:"name"`
	DType    DType          `json:"dtype"`
	Layout   imaging.Layout `json:"layout"`
	Channels int            `json:"channels"`
	Height   int            `json:"height"`
	Width    int            `json:"width"`
	Declared string         `json:"declared"` // as declared, e.g. "input: float32[N,3,224,224]"

	declaredSize bool // height and width are the model's own
}

// Len returns the number of values of one sample.
func (in Input) Len() int { return in.Channels * in.Height * in.Width }

// shape returns the input shape of a batch of n.
func (in Input) shape(n int) []int64 {
	c, h, w := int64(in.Channels), int64(in.Height), int64(in.Width)
	if in.Layout == imaging.NHWC {
		return []int64{int64(n), h, w, c}
	}
	return []int64{int64(n), c, h, w}
}

// Output is the output with the class scores. Classes counts them; a model with
// one sigmoid output has two.
type Output struct {
	Name    string `json:"name"`
	Classes int    `json:"classes"`
}

// Activation says what turns a model's logits into scores.
type Activation string

// The activations. Sigmoid1 is a single output z: class 1 has the score
// sigmoid(z), class 0 the rest. Logits means that the model ends in logits of
// classes that exclude each other; their scores are the softmax.
const (
	Logits   Activation = "logits"
	Softmax  Activation = "softmax"
	Sigmoid  Activation = "sigmoid"
	Sigmoid1 Activation = "sigmoid1"
)

// Batch says how many samples the model takes at once.
type Batch struct {
	Mode BatchMode `json:"mode"`
	// Fixed is the batch length of a model of mode fixed, else 0.
	Fixed int `json:"fixed"`
	// Alone means that even in a batch of that length samples change each other's
	// outputs: each is run alone, repeated.
	Alone bool `json:"alone,omitempty"`
	// Recommended is a length that was measured to be fast on this machine.
	Recommended int `json:"recommended"`
	// SampleSeconds is how long a sample took when the model was tried, in seconds, in one
	// figure; 0 where it was too short to matter.
	SampleSeconds float64 `json:"sample_seconds,omitempty"`
	// Note says in words what was found out.
	Note string `json:"note"`
}

// BatchMode tells where the freedom of the batch dimension comes from.
type BatchMode string

// The batch modes: free as exported, freed by rewriting the graph, or fixed.
const (
	Dynamic   BatchMode = "dynamic"
	Rewritten BatchMode = "rewritten"
	Fixed     BatchMode = "fixed"
)

// A Setting is one decision, its value, and where it came from.
type Setting struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source"`
}

func (s *Spec) set(name, value, source string) {
	s.Provenance = append(s.Provenance, Setting{name, value, source})
}

func (s *Spec) warn(format string, args ...any) {
	s.Warnings = append(s.Warnings, fmt.Sprintf(format, args...))
}

// ParseSpec reads a specification as it is stored with a model.
func ParseSpec(data json.RawMessage) (*Spec, error) {
	spec := new(Spec)
	if err := json.Unmarshal(data, spec); err != nil {
		return nil, fmt.Errorf("read the stored settings of a model: %w; add the model again", err)
	}
	return spec, nil
}

// Score turns the logits of one sample into scores, in place of scores:
//
//   - logits, softmax: the softmax, which sums to 1 (of log-probabilities it
//     gives the probabilities back);
//   - sigmoid, sigmoid1: the sigmoid of each. A sigmoid1 model's two logits are −z
//     and z, so their scores are 1−p and p.
//
// The computation is in float64.
func Score(a Activation, logits, scores []float32) {
	if a == Sigmoid || a == Sigmoid1 {
		for i, v := range logits {
			scores[i] = float32(1 / (1 + math.Exp(-float64(v))))
		}
		return
	}
	top := math.Inf(-1)
	for _, v := range logits {
		top = math.Max(top, float64(v))
	}
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v) - top)
	}
	for i, v := range logits {
		scores[i] = float32(math.Exp(float64(v)-top) / sum)
	}
}

// smallest keeps the logarithm of a probability of 0 finite: it is the smallest
// normal float32.
const smallest = 0x1p-126

// logProbability turns a probability the model gave into a logit: log p, or the
// log-odds where the scores are sigmoids.
func logProbability(a Activation, p float32) float32 {
	v := math.Max(float64(p), smallest)
	if math.IsNaN(float64(p)) {
		return p
	}
	if a == Sigmoid || a == Sigmoid1 {
		return float32(math.Log(v) - math.Log(math.Max(1-float64(p), smallest)))
	}
	return float32(math.Log(v))
}

// finite reports whether no value is NaN or infinite.
func finite(values []float32) bool {
	for _, v := range values {
		if v-v != 0 {
			return false
		}
	}
	return true
}
