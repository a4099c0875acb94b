package api

// Probe is what was found by measuring of how a model's images were prepared.
type Probe struct {
	Dataset string `json:"dataset"`
	Model   string `json:"model"`

	Verdict   string `json:"verdict" doc:"One or more sentences for people"`
	Clear     bool   `json:"clear" doc:"The values are established: no others are better by more than hardly matters"`
	Better    bool   `json:"better" doc:"The chosen settings are better than the model's own, as established"`
	Undecided string `json:"undecided" doc:"What could not be told, and of which the usual was taken: size and crop, filter, or nothing"`
	Rival     string `json:"rival" doc:"What could not be told from the choice; empty if nothing"`
	Guessing  bool   `json:"guessing" doc:"With no setting is the model better than guessing, as established"`
	Guessed   bool   `json:"guessed" doc:"Nothing states how the model's images were prepared: its settings are a default"`

	On       string  `json:"on" doc:"The splits of the samples that were looked at"`
	Reported bool    `json:"reported" doc:"Evaluations report figures on these samples too, which are then a little too good"`
	Samples  int     `json:"samples" doc:"Looked at"`
	LeftOut  int     `json:"left_out" doc:"Samples that could not be read"`
	Runs     int     `json:"runs" doc:"Of the model"`
	Seconds  float64 `json:"seconds"`

	Hints      []string         `json:"hints" doc:"What the graph says by itself"`
	Chosen     ProbeCandidate   `json:"chosen"`
	Present    ProbeCandidate   `json:"present" doc:"The settings that the model has, on the same samples"`
	Gain       Estimate         `json:"gain" doc:"Log loss of the present settings minus that of the chosen ones"`
	Order      string           `json:"order" doc:"Of the class names, the one that fits best"`
	Classes    []string         `json:"classes" doc:"The names in that order; empty where the model has them so"`
	Candidates []ProbeCandidate `json:"candidates" doc:"All that was tried, by stage, each stage by log loss"`
	Command    string           `json:"command" doc:"What adopts the choice"`
	Source     string           `json:"source" doc:"Where settings that are adopted from it come from, in words"`
}

// ProbeCandidate is a way to prepare images, as it was tried.
type ProbeCandidate struct {
	Stage         string        `json:"stage" doc:"values, size and crop, or filter"`
	Name          string        `json:"name"`
	Preprocessing Preprocessing `json:"preprocessing"`
	Samples       int           `json:"samples" doc:"On which it was tried: those clearly worse see few"`
	LogLoss       float64       `json:"log_loss" doc:"Mean, in nats, at the temperature that makes it least"`
	Accuracy      float64       `json:"accuracy"`
	Difference    Estimate      `json:"difference" doc:"Its log loss minus that of its stage's choice, on the samples that both have seen"`
	Chosen        bool          `json:"chosen" doc:"By its stage"`
	Present       bool          `json:"present" doc:"The settings that the model has"`
}

// VariantRequest asks for a model to be added once more under another name, with settings that
// were found by measuring.
type VariantRequest struct {
	Name          string   `json:"name,omitempty" doc:"Of the new model; default: the model's with -measured"`
	Preprocessing string   `json:"preprocessing" doc:"In the vocabulary of preprocessor_config.json, as JSON"`
	Classes       []string `json:"classes,omitempty" doc:"Class names; default: the model's"`
	Source        string   `json:"source" doc:"Where the settings come from, in words"`
}

// EvaluationProbe is how an evaluation's images were prepared, and what was measured of that.
type EvaluationProbe struct {
	Settings string `json:"settings" enum:"stated,guessed,measured" doc:"Whether something states how the images were prepared, or nothing does, or it was found by measuring"`
	Wanted   bool   `json:"wanted" doc:"The settings are a guess, there are labelled samples to measure on, and nothing was measured yet"`
	Found    *Probe `json:"found,omitempty" doc:"What the last probe found"`
	Of       string `json:"of" doc:"The evaluation that was probed: this one, or that with the settings before; empty if none was"`
	Adopted  string `json:"adopted" doc:"The model that has the settings found; empty if none has"`
	Now      string `json:"now" doc:"The evaluation of that model on the dataset; empty if there is none"`
}

// AdoptRequest asks for what a probe found to be adopted.
type AdoptRequest struct {
	Name string `json:"name,omitempty" doc:"Of the model that is added; default: the model's with -measured"`
}
