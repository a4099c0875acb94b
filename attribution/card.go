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
	Interactive bool     `json:"interactive"` // fast enough to wait for at one picture
	Streams     bool     `json:"streams"`     // tells how far it is, and where it sharpens sends snapshots
	Batched     bool     `json:"batched"`     // of so few runs that several samples share them
	Options     []Option `json:"options"`

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
