package classifier

import "github.com/sightline/sightline/onnx"

// File reads the model anew: as its file is, with its functions in place of their calls, or
// as With was given it.
func (c *Classifier) File() (m *onnx.Model, err error) {
	switch {
	case c.changed != nil:
		m, err = onnx.Parse(c.changed)
	case c.mapped:
		m, err = onnx.MapFile(c.spec.Path)
	default:
		m, err = onnx.ReadFile(c.spec.Path)
	}
	if err == nil {
		_ = m.Inline() // as in reading.input
	}
	return m, err
}

// With returns a classifier of the same specification whose model is m: the
// file's with other weights, such as random ones, all of them loaded. It is closed
// on its own.
func (c *Classifier) With(m *onnx.Model) (*Classifier, error) {
	other := &Classifier{spec: c.spec, threads: c.threads, changed: m.Marshal(), watch: c.watch}
	_, err := other.whole()
	return other, err
}
