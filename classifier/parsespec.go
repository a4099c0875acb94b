package classifier

import (
	"encoding/json"
	"fmt"
)

// ParseSpec reads a specification as it is stored with a model.
func ParseSpec(data json.RawMessage) (*Spec, error) {
	spec := new(Spec)
	if err := json.Unmarshal(data, spec); err != nil {
		return nil, fmt.Errorf("read the stored settings of a model: %w; add the model again", err)
	}
	return spec, nil
}
