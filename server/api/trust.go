package api

import "github.com/sightline/sightline/trust"

// Trust is what one map is worth: a verdict, in words why, and the insertion and
// deletion curves behind it with those of the controls. docs/trust.md defines
// every figure.
type Trust = trust.Trust

// MeasureProgress is an event of something that is being measured: in runs of the
// model for what a map is worth, in maps for a check by random weights.
type MeasureProgress struct {
	Done       int     `json:"done" doc:"Runs of the model, or maps, so far"`
	Total      int     `json:"total" doc:"In all"`
	Rate       float64 `json:"rate" doc:"Per second"`
	ETASeconds float64 `json:"eta_seconds"`
}

// StoredMap is a map of a sample that was made before.
type StoredMap struct {
	Method  string            `json:"method"`
	Target  string            `json:"target" doc:"predicted, true, contrast or class:INDEX"`
	Seed    uint64            `json:"seed"`
	Options map[string]string `json:"options,omitempty" doc:"Settings of the method that are not the default"`
	Verdict string            `json:"verdict,omitempty" enum:"green,amber,red" doc:"What it is worth; absent if it was not judged"`

	Degenerate string `json:"degenerate,omitempty" doc:"Why the map means nothing, if so"`
}

// StoredMapList is the answer of GET …/maps.
type StoredMapList struct {
	Maps []StoredMap `json:"maps"`
}

// Agreement compares the stored maps of a sample and a target. Methods that agree
// may all be wrong: no verdict depends on it.
type Agreement struct {
	Maps         []StoredMap `json:"maps" doc:"Those that mean something"`
	Correlations [][]float64 `json:"correlations" doc:"Rank correlation (Spearman) of every two maps, in the order of maps, the finer averaged over the cells of the coarser"`
}

// LayerList is the answer of GET …/layers.
type LayerList struct {
	Layers []Layer `json:"layers" doc:"From the last one of the model to the first"`
	Reason string  `json:"reason,omitempty" doc:"Why CAM methods cannot be used on this model, if so"`
}

// Layer is a tensor inside a model at which CAM methods can look.
type Layer struct {
	Tensor    string `json:"tensor" doc:"Its name: a value of the option layer"`
	Number    int    `json:"number" doc:"Counted from the last one, 1: a value of the option layer"`
	Channels  int    `json:"channels"`
	Width     int    `json:"width" doc:"Cells across of a map made of it"`
	Height    int    `json:"height" doc:"Cells down"`
	Automatic bool   `json:"automatic" doc:"What methods look at unless told otherwise"`
}

// Randomisation is how far a method's maps change when the model's weights are put
// in random order: a property of method and model. docs/trust.md defines it.
type Randomisation = trust.Randomisation
