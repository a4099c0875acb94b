package api

// Method is a way of making saliency maps.
type Method struct {
	Name        string         `json:"name"`
	Title       string         `json:"title"`
	Family      string         `json:"family"`
	Description string         `json:"description"`
	Cost        string         `json:"cost" doc:"What one map costs, in words"`
	Failures    string         `json:"failures" doc:"How it is known to mislead"`
	Paper       string         `json:"paper" doc:"Where it is from"`
	Interactive bool           `json:"interactive" doc:"Quick enough to wait for"`
	Streams     bool           `json:"streams" doc:"Reports progress, and sends snapshots where the map sharpens"`
	Options     []MethodOption `json:"options"`

	ClassAgnostic bool `json:"class_agnostic" doc:"The map is the same whatever the target"`
	NeedsGradient bool `json:"needs_gradient" doc:"Works only where the model's graph can be differentiated"`
}

// MethodOption is a setting of a method.
type MethodOption struct {
	Name        string `json:"name"`
	Default     string `json:"default"`
	Description string `json:"description"`
}

// MethodList is the answer of GET /api/methods.
type MethodList struct {
	Methods []Method `json:"methods"`
	Colours []string `json:"colours" doc:"Names of the colour maps that maps are drawn in"`
}

// Geometry maps cells of a map to pixels of the displayed image:
// X = m0·x + m1·y + m2, Y = m3·x + m4·y + m5, where x and y are continuous
// (the centre of the first cell is 0.5, 0.5).
type Geometry struct {
	InputWidth    int        `json:"input_width" doc:"Cells across: the width the matrix starts from"`
	InputHeight   int        `json:"input_height" doc:"Cells down"`
	DisplayWidth  int        `json:"display_width" doc:"Of the image as displayed, in pixels"`
	DisplayHeight int        `json:"display_height"`
	Matrix        [6]float64 `json:"matrix"`
	Edges         [4]float64 `json:"edges,omitzero" doc:"Left, top, right and bottom of the model's input in cells, where not 0, 0 and the numbers of cells: the outermost cells reach to there"`
}

// UnfitMethods are the methods that cannot work on an evaluation's model with their default options.
type UnfitMethods struct {
	Methods map[string]string `json:"methods" doc:"Why, by the method's name: the graph cannot be differentiated so, has no layer or attention for it, or the map would be zero whatever the image"`
}

// AutomaticMethod is what auto means for an evaluation's model.
type AutomaticMethod struct {
	Method string `json:"method" doc:"The method; all maps asked for as auto are its"`
	Reason string `json:"reason" doc:"What in the model's graph decided"`
	Rule   int    `json:"rule" doc:"Version of the rule that chose: a choice that was made stays, for all maps of the evaluation to be alike"`
}

// MapMeta is what there is to say of an attribution map besides its values: how it
// travels from a worker to the server, how it is stored, and, with the names in a
// MapHeader, how it travels to clients.
type MapMeta struct {
	Width       int      `json:"width" doc:"Cells across"`
	Height      int      `json:"height" doc:"Cells down"`
	Method      string   `json:"method"`
	Target      string   `json:"target" doc:"predicted, true, contrast or class:INDEX"`
	TargetIndex int      `json:"target_index" doc:"The class it meant"`
	MinusIndex  int      `json:"minus_index" doc:"Class subtracted by a contrast; -1 if none"`
	Score       float64  `json:"score" doc:"What is explained: the target's logit or log-probability"`
	Geometry    Geometry `json:"geometry"`
	Evaluations int      `json:"evaluations" doc:"Times the model was run"`
	Correlation float64  `json:"correlation" doc:"Rank correlation of two halves (RISE)"`
	Converged   bool     `json:"converged"`
	Seconds     float64  `json:"seconds"`
	Seed        uint64   `json:"seed"`
	Layer       string   `json:"layer,omitempty" doc:"The tensor a CAM looked at"`
	Steps       int      `json:"steps,omitempty" doc:"Steps from the baseline to the image, of a path method"`
	Gap         float64  `json:"gap,omitempty" doc:"Completeness gap of a path method: what the sum of the map lacks of the score's difference, as a share of it"`
	CellError   float64  `json:"cell_error,omitempty" doc:"Standard error of a cell's value, from the images the method drew: the mean over the cells, as a share of the largest value (Sobol indices)"`
	SumError    float64  `json:"sum_error,omitempty" doc:"Standard error of the sum of the values, as a share of it (Sobol indices)"`
	Reason      string   `json:"reason,omitempty" doc:"Why this method was chosen, if the choice was left to Sightline"`
	Degenerate  string   `json:"degenerate,omitempty" doc:"Why the map means nothing, if so"`

	ClassAgnostic bool    `json:"class_agnostic,omitempty" doc:"The map is the same for every target"`
	BaselineScore float64 `json:"baseline_score,omitempty" doc:"The score of what the image was compared with, of a path method"`
	Channels      int     `json:"channels,omitempty" doc:"Channels that the values keep (option channels=keep): a map of this many values per cell; absent: one value per cell"`
	Layout        string  `json:"layout,omitempty" doc:"Order of values that keep channels: the model's own input layout" enum:"NCHW,NHWC"`
}

// MapHeader describes an attribution map; its values travel beside it as
// little-endian float32, row by row, raw and signed.
type MapHeader struct {
	MapMeta
	TargetName string            `json:"target_name"`
	MinusName  string            `json:"minus_name"`
	Options    map[string]string `json:"options,omitempty" doc:"Settings of the method that are not the default"`
	Verdict    string            `json:"verdict,omitempty" enum:"green,amber,red" doc:"How far the map can be relied on, where that is known; absent if it was not assessed"`
	Min        float64           `json:"min"`
	Max        float64           `json:"max"`
}

// MapSnapshot is an event of a map that is being computed.
type MapSnapshot struct {
	MapHeader
	Values string `json:"values" doc:"Base64 of little-endian float32"`
}

// MapDone is the last event of a map that was computed.
type MapDone struct {
	MapHeader
	Values string `json:"values" doc:"Base64 of little-endian float32"`
}

// StreamError is the last event of a stream that failed.
type StreamError struct {
	Status int    `json:"status" doc:"The HTTP status that the same failure has where nothing is streamed"`
	Detail string `json:"detail"`
}

// ExplainRequest asks for the maps of many samples: every method with every
// target.
type ExplainRequest struct {
	Evaluation string   `json:"evaluation"`
	Slice      string   `json:"slice,omitempty" doc:"Which samples, as a query of conditions: label=cake&confidence=0.7-; all of them if it is empty"`
	Sort       string   `json:"sort,omitempty" enum:"confidence,-confidence,path,-loss" doc:"Which of them come first"`
	Method     string   `json:"method,omitempty" doc:"One method; methods names several"`
	Target     string   `json:"target,omitempty" doc:"One target: predicted, true, contrast or class:INDEX; targets names several"`
	Methods    []string `json:"methods,omitempty"`
	Targets    []string `json:"targets,omitempty"`
	Limit      int      `json:"limit,omitempty" minimum:"0" doc:"At most so many samples; 0 means all of the slice"`
	Seed       uint64   `json:"seed,omitempty" doc:"For methods that sample"`
	Trust      bool     `json:"trust,omitempty" doc:"Assess every map too: a few hundred runs of the model each"`

	Options map[string]string `json:"options,omitempty" doc:"Settings by the names in /api/methods: NAME for all methods that have it, METHOD.NAME for one"`

	Filter map[string]any `json:"filter,omitempty" doc:"Of earlier versions, in place of slice and sort: their parameters as an object"`
}

// DrawnRequest asks for maps of many samples as files: every method with every target.
type DrawnRequest struct {
	Samples []int64  `json:"samples" minItems:"1" maxItems:"1000" doc:"Their maps come in this order"`
	Methods []string `json:"methods,omitempty" doc:"How the maps are made; see /api/methods"`
	Targets []string `json:"targets,omitempty" doc:"What they explain: predicted, true, contrast or class:INDEX"`
	Seed    uint64   `json:"seed,omitempty" doc:"For methods that sample"`
	Colours string   `json:"colours,omitempty" doc:"Name of the colour map; default: one that fits each map. /api/methods lists them"`
	Plain   bool     `json:"plain,omitempty" doc:"The arrays alone, nothing drawn"`
	Trust   bool     `json:"trust,omitempty" doc:"Only maps that were assessed, each with its trust"`

	Options map[string]string `json:"options,omitempty" doc:"Settings by the names in /api/methods: NAME for all methods that have it, METHOD.NAME for one"`
}
