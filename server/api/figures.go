package api

// Figures are all figures of a slice of an evaluation.
type Figures struct {
	Slice   string   `json:"slice"`
	Samples int      `json:"samples" doc:"Labelled samples: what every figure is over"`
	Figures []Figure `json:"figures"`
}

// Figure is one figure of an evaluation.
type Figure struct {
	Name      string   `json:"name" doc:"Such as cohen_kappa; those of scikit-learn are called as there"`
	Title     string   `json:"title" doc:"In words"`
	Value     *float64 `json:"value" doc:"null where the figure is not defined"`
	Low       *float64 `json:"low" doc:"95 % interval; null where there is none"`
	High      *float64 `json:"high"`
	Rate      bool     `json:"rate" doc:"A share from 0 to 1"`
	Undecided string   `json:"undecided" enum:"wrong,ignored" doc:"What samples under the threshold count as: wrong, or as if there were no threshold"`
}
