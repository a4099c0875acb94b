package measure

import (
	"encoding/json"

	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/tasks/explain"
)

// Name is that of the kind, and of its jobs.
const Name = "measure"

// Payload is a chunk of maps to measure.
type Payload struct {
	Revision int    `json:"revision"` // of the regions
	Items    []Item `json:"items"`
}

// Item is one map, and where the regions of its sample are.
type Item struct {
	Sample int64           `json:"sample"`
	Key    string          `json:"key"`
	Meta   json.RawMessage `json:"meta,omitempty"` // none where the map is gone
	Values []byte          `json:"values,omitempty"`
	Where  explain.Drawn   `json:"where"`
}

// Measured is what the map says of the regions; nil where the map is gone.
func (it Item) Measured(revision int) (*maps.SharesOf, error) {
	if it.Meta == nil {
		return nil, nil
	}
	m, err := explain.MapFrom(it.Meta, it.Values)
	if err != nil {
		return nil, err
	}
	shares, err := it.Where.Shares(m)
	if err != nil {
		return nil, err
	}
	return &maps.SharesOf{Sample: it.Sample, Key: it.Key, StoredShares: maps.StoredShares{Revision: revision, Shares: shares}}, nil
}

// Result is what a worker found of a chunk.
type Result struct {
	List []maps.SharesOf `json:"list"`
}
