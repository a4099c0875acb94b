package onnx

// A Model is one ONNX file: a graph and what is needed to interpret it.
type Model struct {
	IRVersion       int64 // version of the file format, 3 and up
	Opsets          []Opset
	ProducerName    string
	ProducerVersion string
	Domain          string
	ModelVersion    int64
	Doc             string
	Graph           *Graph
	Metadata        []Property // metadata_props, in file order
	Functions       []*Function

	// Dir is the folder external data is looked for in: the one the file was
	// read from, or "" for a model that was not read from a file.
	Dir string

	unknown []byte
}

// An Opset is an operator set a model imports: Domain "" is the standard one.
type Opset struct {
	Domain  string
	Version int64
	unknown []byte
}

// A Property is one entry of a key–value list.
type Property struct {
	Key, Value string
}

// A Function is a model-local function: a node whose domain and operator type
// equal Domain and Name stands for its nodes.
type Function struct {
	Domain, Name    string
	Inputs, Outputs []string
	Nodes           []*Node
	Opsets          []Opset
	Defaults        []*Attribute // of attributes that a call may leave out
	unknown         []byte
}

// Opset returns the version of the operator set imported for domain ("" is the
// standard one, also spelled "ai.onnx"), or 0 when the model imports none.
func (m *Model) Opset(domain string) int64 {
	for _, o := range m.Opsets {
		if canonicalDomain(o.Domain) == canonicalDomain(domain) {
			return o.Version
		}
	}
	return 0
}

func canonicalDomain(d string) string {
	if d == "ai.onnx" {
		return ""
	}
	return d
}

// Property returns the value of a metadata property, and whether it is there.
func (m *Model) Property(key string) (string, bool) {
	for _, p := range m.Metadata {
		if p.Key == key {
			return p.Value, true
		}
	}
	return "", false
}

// Producer returns producer name and version as one string, "" when not stated.
func (m *Model) Producer() string {
	if m.ProducerName == "" || m.ProducerVersion == "" {
		return m.ProducerName + m.ProducerVersion
	}
	return m.ProducerName + " " + m.ProducerVersion
}
