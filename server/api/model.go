package api

// Model is everything known of a model: inputs, outputs, preprocessing, class
// names, and where each setting came from.
type Model struct {
	Name     string `json:"name"`
	Path     string `json:"path" doc:"Absolute path of the ONNX file"`
	SHA256   string `json:"sha256" doc:"Of the file, then of its external data files in order of name"`
	Size     int64  `json:"size" doc:"Bytes, external data included"`
	Opset    int64  `json:"opset" doc:"Of the standard operators"`
	Producer string `json:"producer"`

	Input      Input    `json:"input"`
	Output     Output   `json:"output" doc:"The output with the class scores"`
	Outputs    []string `json:"outputs" doc:"As declared, e.g. logits: float32[N,10]"`
	Activation string   `json:"activation" doc:"What turns logits into scores: logits (softmax is applied), softmax, sigmoid, or sigmoid1 for a single output"`

	LogitTensor     string `json:"logit_tensor" doc:"The tensor before the activation; empty where the graph hides it: logits are then log-probabilities"`
	EmbeddingTensor string `json:"embedding_tensor" doc:"Input of the last linear layer; empty if there is none"`
	EmbeddingSize   int    `json:"embedding_size" doc:"Values per sample of the embedding"`
	Batch           Batch  `json:"batch"`

	Preprocessing Preprocessing `json:"preprocessing"`
	Classes       []string      `json:"classes" doc:"Their names; output.classes is their number. Empty in lists of models"`
	ClassIDs      []string      `json:"class_ids,omitempty" doc:"WordNet's, by class, where the names came with them"`
	Provenance    []Setting     `json:"provenance" doc:"Every decision, its value, and where it came from"`
	Warnings      []string      `json:"warnings"`
}

// Input is a model's image input. Height and width are what is fed.
type Input struct {
	Name     string `json:"name"`
	DType    string `json:"dtype" doc:"float32, float16 or uint8"`
	Layout   string `json:"layout" doc:"NCHW or NHWC"`
	Channels int    `json:"channels"`
	Height   int    `json:"height"`
	Width    int    `json:"width"`
	Declared string `json:"declared" doc:"As declared, e.g. input: float32[N,3,224,224]"`
}

// Output is the output with the class scores.
type Output struct {
	Name    string `json:"name"`
	Classes int    `json:"classes" doc:"A model with one sigmoid output has two"`
}

// Batch says how many samples a model takes at once.
type Batch struct {
	Mode          string  `json:"mode" doc:"dynamic (as exported), rewritten, or fixed"`
	Fixed         int     `json:"fixed" doc:"The batch length of mode fixed, else 0"`
	Alone         bool    `json:"alone,omitempty" doc:"Of mode fixed: even in that batch samples change each other's scores, so each runs alone, repeated"`
	Recommended   int     `json:"recommended" doc:"How many samples go into one run, by a rule on the graph"`
	SampleSeconds float64 `json:"sample_seconds,omitempty" doc:"What a sample took when the model was tried, in seconds, in one figure; 0 where that was too short to matter"`
	Note          string  `json:"note" doc:"What was found out, in words"`
}

// Setting is one decision, its value, and where it came from.
type Setting struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source"`
}

// Preprocessing says how an image becomes a model's input. The names are those of a
// preprocessor_config.json; docs/images.md defines them and those of our own.
type Preprocessing struct {
	ApplyEXIFOrientation bool `json:"apply_exif_orientation"`
	DoConvertRGB         bool `json:"do_convert_rgb"`
	Channels             int  `json:"channels" doc:"3, or 1 for luminance"`

	DoResize      bool    `json:"do_resize"`
	Size          Size    `json:"size"`
	CropPct       float64 `json:"crop_pct,omitempty"`
	Resample      int     `json:"resample" doc:"PIL's number of the filter"`
	Antialias     bool    `json:"antialias"`
	ResizeLibrary string  `json:"resize_library,omitempty"`

	DoCenterCrop bool   `json:"do_center_crop"`
	CropSize     Size   `json:"crop_size"`
	CropRounding string `json:"crop_rounding,omitempty"`
	DoPad        bool   `json:"do_pad,omitempty"`
	PadSize      Size   `json:"pad_size,omitzero"`
	PadValue     uint8  `json:"pad_value,omitempty"`

	DoRescale     bool    `json:"do_rescale"`
	RescaleFactor float64 `json:"rescale_factor"`
	RescaleOffset bool    `json:"rescale_offset,omitempty"`

	DoNormalize        bool      `json:"do_normalize"`
	ImageMean          []float64 `json:"image_mean"`
	ImageStd           []float64 `json:"image_std"`
	DoFlipChannelOrder bool      `json:"do_flip_channel_order"`
}

// Size is a pair of sides, or the length of the shortest or longest edge, in pixels.
type Size struct {
	Height       int `json:"height,omitempty"`
	Width        int `json:"width,omitempty"`
	ShortestEdge int `json:"shortest_edge,omitempty"`
	LongestEdge  int `json:"longest_edge,omitempty"`
}

// ModelList is the answer of GET /api/models.
type ModelList struct {
	Models []Model `json:"models"`
	Next   string  `json:"next,omitempty" doc:"Where the next page begins: give it as after. Left out on the last page"`
}

// ModelRequest asks for a model file to be inspected and added.
type ModelRequest struct {
	Name          string `json:"name,omitempty" doc:"Name of the model; default: from the file's"`
	Path          string `json:"path" doc:"Absolute path of the ONNX file"`
	Preprocessing string `json:"preprocessing,omitempty" doc:"Absolute path of a preprocessor_config.json (or YAML), a preset's name, or the JSON itself; default: recognised"`
	Classes       string `json:"classes,omitempty" doc:"Absolute path of a file of class names; default: recognised"`
	Background    bool   `json:"background,omitempty" doc:"Make names that are one too few or too many fit by a background class: before the first, or left out"`
	Output        string `json:"output,omitempty" doc:"Name of the class output; default: recognised"`
	Replace       bool   `json:"replace,omitempty" doc:"Replace the model of that name, its file or settings; else that is refused (409)"`
}
