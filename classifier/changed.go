package classifier

import "github.com/sightline/sightline/onnx"

// File reads the model anew: as its file is, or as With was given it.
func (c *Classifier) File() (*onnx.Model, error) {
	if c.changed != nil {
		return onnx.Parse(c.changed)
	}
	if c.mapped {
		return onnx.MapFile(c.spec.Path)
	}
	return onnx.ReadFile(c.spec.Path)
}

// With returns a classifier of the same specification whose model is m: the
// file's with other weights, such as random ones, all of them loaded. It is closed
// on its own.
func (c *Classifier) With(m *onnx.Model) (*Classifier, error) {
	other := &Classifier{spec: c.spec, threads: c.threads, changed: m.Marshal(), watch: c.watch}
	_, err := other.whole()
	return other, err
}
