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

// Sides are slices beside the whole that they are in.
type Sides struct {
	Whole Side    `json:"whole"`
	Sides []Side  `json:"sides" doc:"In the order in which they were asked for"`
	Level float64 `json:"level" doc:"Of the intervals of differences: 95 % for all of them together (Bonferroni), so 0.95 for one slice, 0.975 for two"`
}

// Side is a slice with its figures.
type Side struct {
	Slice      string          `json:"slice"`
	Within     string          `json:"within" doc:"The slice within the whole: what is counted"`
	Sentence   string          `json:"sentence" doc:"The slice in words"`
	Samples    int             `json:"samples"`
	Labelled   int             `json:"labelled"`
	Correct    int             `json:"correct"`
	Figures    []Figure        `json:"figures" doc:"accuracy, f1_macro, log_loss and ece, each with its own 95 % interval"`
	Difference *SideDifference `json:"difference,omitempty" doc:"Accuracy less that of the rest; not there of the whole, and where one of both has under five labelled samples"`
}

// SideDifference is the accuracy of a slice less that of the samples of the whole that are not in it.
type SideDifference struct {
	Rest  int     `json:"rest" doc:"Labelled samples of the whole that are not in the slice"`
	Value float64 `json:"value"`
	Low   float64 `json:"low" doc:"Score interval (Newcombe 1998, method 10) at the level of the comparison"`
	High  float64 `json:"high"`
}
