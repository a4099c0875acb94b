package attribution

// Card describes a method to the user.
type Card struct {
	Name        string   `json:"name"`
	Title       string   `json:"title"`
	Family      string   `json:"family"` // auto, perturbation, cam, gradient, relevance, attention
	Description string   `json:"description"`
	Cost        string   `json:"cost"`     // in runs of the model
	Failures    string   `json:"failures"` // how it is known to mislead
	Paper       string   `json:"paper"`
	Interactive bool     `json:"interactive"` // fast enough to wait for at one image
	Streams     bool     `json:"streams"`     // tells its progress, and where it sharpens sends snapshots
	Options     []Option `json:"options"`

	// Batched methods need so few runs that several samples share them.
	Batched bool `json:"batched"`
	// StopsEarly: a run ends once its maps have converged, so that a target's map may
	// be of more runs beside other targets than alone.
	StopsEarly bool `json:"stops_early"`
	// Probability: the class's probability is explained, not its score, and values
	// carry a constant, so that a part without effect is not at zero.
	Probability    bool `json:"probability"`
	ClassAgnostic  bool `json:"class_agnostic"`  // the map is the same whatever the target
	NeedsGradient  bool `json:"needs_gradient"`  // works only where the model's graph can be differentiated
	NeedsBaselines bool `json:"needs_baselines"` // compares with other images of the dataset: Request.Baselines
}

// Option is one setting of a method.
type Option struct {
	Name        string `json:"name"`
	Default     string `json:"default"`
	Description string `json:"description"`
}
