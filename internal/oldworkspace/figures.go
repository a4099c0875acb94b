package oldworkspace

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

// Evaluation is the id of the evaluation that is complete in an old workspace;
// Interrupted is that of one whose job was stopped midway.
const (
	Evaluation  = "colours~net"
	Interrupted = "colours~slow"
)

// Figures are what a workspace says of its complete evaluation: the same whatever
// version reads it.
type Figures struct {
	Root string `json:"root"` // folder in which it was made

	Samples, Quarantined, Evaluated, Correct int
	Accuracy, BalancedAccuracy, Top5         float64
	LogLoss, Brier, ECE                      float64
	AveragePrecision                         []float64 // by class
	Regions                                  []string
	Matrix                                   []uint32 // row by row, the last column is no decision
	Predictions                              []Prediction
	Maps                                     []Map
	Layers                                   []string  // of the model: tensors
	Randomisation                            []float64 // signed and absolute correlation with maps of random weights, by stage
}

// Prediction is what is known of a sample.
type Prediction struct {
	ID               int64
	Path, Split      string
	Label, Predicted int
	Confidence       float64
	TruthScore       float64
	Regions          int
}

// Map is a stored map of a sample and its trust.
type Map struct {
	Sample         int64
	Method, Target string
	Seed           uint64
	Options        map[string]string
	Width, Height  int
	Geometry       api.Geometry
	Score, Seconds float64 // seconds tell a map that was made again
	Values         string  // SHA-256 of the little-endian float32
	Verdict        string
	Difference     float64 // of insertion and deletion, where the map was assessed
}

// Randomised is the method whose dependence on the weights is stored.
var Randomised = client.MapQuery{Method: "gradcam", Target: "predicted"}

// Read asks a server for the figures of its workspace. It has nothing computed.
func Read(ctx context.Context, c *client.Client) (*Figures, error) {
	f := &Figures{}
	for _, step := range []func(context.Context, *client.Client) error{f.readEvaluation, f.readSamples, f.readModel} {
		if err := step(ctx, c); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *Figures) readEvaluation(ctx context.Context, c *client.Client) error {
	d, err := c.Dataset(ctx, "colours")
	if err != nil {
		return err
	}
	e, err := c.Evaluation(ctx, Evaluation, "")
	if err != nil {
		return err
	}
	f.Samples, f.Quarantined, f.Regions = d.Samples, d.Quarantined, d.Regions
	f.Evaluated, f.Correct, f.Accuracy, f.BalancedAccuracy, f.Top5 = e.Evaluated, e.Correct, e.Accuracy, e.BalancedAccuracy, e.Top5Accuracy
	f.LogLoss, f.Brier, f.ECE = e.LogLoss, e.Brier, e.ECE
	for _, k := range e.PerClass {
		if k.AveragePrecision == nil {
			return fmt.Errorf("class %s has no average precision", k.Name)
		}
		f.AveragePrecision = append(f.AveragePrecision, *k.AveragePrecision)
	}
	f.Matrix, _, _, err = c.Matrix(ctx, Evaluation, "")
	return err
}

func (f *Figures) readSamples(ctx context.Context, c *client.Client) error {
	list, err := c.Samples(ctx, Evaluation, "", "", 0, 1000)
	if err != nil {
		return err
	}
	for _, s := range list.Samples {
		detail, err := c.Sample(ctx, Evaluation, s.ID)
		if err != nil {
			return err
		}
		f.Predictions = append(f.Predictions, Prediction{s.ID, s.Path, s.Split, s.Label, s.Predicted, s.Confidence, *s.TruthScore, len(detail.Regions)})
		if err := f.readMaps(ctx, c, s.ID); err != nil {
			return err
		}
	}
	return nil
}

func (f *Figures) readMaps(ctx context.Context, c *client.Client, sample int64) error {
	stored, err := c.StoredMaps(ctx, Evaluation, sample, "")
	if err != nil {
		return err
	}
	for _, s := range stored {
		q := client.MapQuery{Method: s.Method, Target: s.Target, Seed: s.Seed, Options: s.Options}
		h, values, err := c.Map(ctx, Evaluation, sample, q)
		if err != nil {
			return err
		}
		m := Map{Sample: sample, Method: s.Method, Target: s.Target, Seed: s.Seed, Options: s.Options, Width: h.Width, Height: h.Height,
			Geometry: h.Geometry, Score: h.Score, Seconds: h.Seconds, Values: digest(values), Verdict: s.Verdict}
		if t, err := c.Trust(ctx, Evaluation, sample, q, true); err == nil {
			m.Difference = t.Map.Difference
		}
		f.Maps = append(f.Maps, m)
	}
	return nil
}

func (f *Figures) readModel(ctx context.Context, c *client.Client) error {
	layers, err := c.Layers(ctx, Evaluation)
	if err != nil {
		return err
	}
	for _, l := range layers.Layers {
		f.Layers = append(f.Layers, l.Tensor)
	}
	r, err := c.Randomisation(ctx, Evaluation, Randomised, true)
	for _, s := range r.Stages {
		f.Randomisation = append(f.Randomisation, s.Signed.Mean, s.Absolute.Mean)
	}
	return err
}

func digest(values []float32) string {
	h := sha256.New()
	_ = binary.Write(h, binary.LittleEndian, values) // a hash takes everything
	return fmt.Sprintf("%x", h.Sum(nil))
}
