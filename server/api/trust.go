package api

// Trust is how far one map can be relied on: a verdict, in words why, and the
// insertion and deletion curves behind it with those of the controls. docs/trust.md
// defines every figure.
type Trust struct {
	Verdict  string    `json:"verdict" enum:"green,amber,red"`
	Reason   string    `json:"reason" doc:"One sentence"`
	Shares   []float64 `json:"shares,omitempty" doc:"Of the pixels changed at each point of the curves, 0 to 1"`
	Map      Curves    `json:"map" doc:"Of the map itself"`
	Centre   Curves    `json:"centre" doc:"Of a Gaussian at the image's centre"`
	Controls []AUC     `json:"controls,omitempty" doc:"Of every permutation of the map's cells"`
	Band     Bands     `json:"band" doc:"The permuted controls' curves, point by point"`
	Low      float64   `json:"low" doc:"5th percentile of the controls' differences: red below"`
	High     float64   `json:"high" doc:"95th percentile: green above, if also above the centre map's"`
	Content  Content   `json:"content" doc:"Whether the score needs what the image shows: else never green"`
	Grid     [2]int    `json:"grid" doc:"Columns and rows that were ranked"`
	Forwards int       `json:"forwards" doc:"Inputs the model was run on"`
	Seed     uint64    `json:"seed"`
	Seconds  float64   `json:"seconds"`
}

// MapTrust is the trust in a map in short.
type MapTrust struct {
	Verdict   string   `json:"verdict" enum:"green,amber,red"`
	Reason    string   `json:"reason" doc:"One sentence"`
	Insertion *float64 `json:"insertion,omitempty" doc:"Area under the map's curve, in 0 to 1; absent where none was drawn"`
	Deletion  *float64 `json:"deletion,omitempty"`
}

// AUC is the areas under the two curves of one map.
type AUC struct {
	Insertion  float64 `json:"insertion" doc:"In 0 to 1; the higher the better"`
	Deletion   float64 `json:"deletion" doc:"In 0 to 1; the lower the better"`
	Difference float64 `json:"difference" doc:"Insertion minus deletion, in -1 to 1: what maps are compared by"`
}

// Curves is the score after each step, for a map's two curves.
type Curves struct {
	AUC       `json:"auc"`
	Inserting []float64 `json:"inserting,omitempty" doc:"From the blurred image to the untouched one"`
	Deleting  []float64 `json:"deleting,omitempty" doc:"From the untouched image to the hidden one"`
}

// Bands is the spread of several curves, point by point.
type Bands struct {
	Inserting Band `json:"inserting"`
	Deleting  Band `json:"deleting"`
}

// Band is, for each point, percentiles of curves.
type Band struct {
	Low    []float64 `json:"low,omitempty" doc:"5th percentile"`
	Median []float64 `json:"median,omitempty"`
	High   []float64 `json:"high,omitempty" doc:"95th percentile"`
}

// Content is the log-odds of the explained class for the image as it is, and with
// its parts in random order.
type Content struct {
	Whole      float64 `json:"whole"`
	Rearranged float64 `json:"rearranged" doc:"Median of as many orders as there are controls"`
	High       float64 `json:"high" doc:"Their 95th percentile"`
}

// Randomisation is how far a method's maps change when the model's weights are put
// in random order: a property of method and model. docs/trust.md defines it.
type Randomisation struct {
	Method string  `json:"method"`
	Layers int     `json:"layers" doc:"Of the model, that have weights"`
	Stages []Stage `json:"stages" doc:"The last has all weights random"`
}

// Stage compares maps before and after the weights of some layers became random.
type Stage struct {
	Layers   int      `json:"layers" doc:"Random ones, counted from the output"`
	Signed   Estimate `json:"signed" doc:"Rank correlation of the maps, in -1 to 1: about 0 for a method that passes"`
	Absolute Estimate `json:"absolute" doc:"The same of their absolute values"`
	Empty    int      `json:"empty" doc:"Images whose later map was degenerate; not in the estimates"`
}

// Estimate is a mean with its interval of confidence 95 %.
type Estimate struct {
	Mean  float64 `json:"mean"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Known bool    `json:"known" doc:"Whether there is an interval: not of too few values"`
	N     int     `json:"n" doc:"Values it is made of"`
	Red   int     `json:"red" doc:"Left out because a map was red"`
	Empty int     `json:"empty" doc:"Left out because there was no value, such as a region the sample does not have"`
}

// MeasureProgress is an event of something that is being measured: in runs of the
// model for trust in a map, in maps for a check by random weights.
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
	Verdict string            `json:"verdict,omitempty" enum:"green,amber,red" doc:"How far the map can be relied on; absent if it was not assessed"`

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
