package api

// HidingAgreements tell of each method whose maps are stored how well they rank the parts of an image by
// what hiding them does to the score.
type HidingAgreements struct {
	Images  int               `json:"images" doc:"Images that the model classifies right, of all classes, each of whose nine parts was hidden in turn; 0 where this was not tried yet: POST /api/evaluations/{id}/trials does, as the first step of findings"`
	Methods []HidingAgreement `json:"methods" doc:"The methods of which maps are stored, the best first; those without a map of these images last"`
}

// HidingAgreement is the agreement of the maps of one method and target with hiding.
type HidingAgreement struct {
	Method      string   `json:"method"`
	Target      string   `json:"target" doc:"predicted or contrast; on an image that is classified right, true is predicted"`
	Correlation Estimate `json:"correlation" doc:"Mean over images of Spearman's rank correlation, over the nine cells of a 3×3 grid, of the map's shares and of what hiding the cell takes from the target; 1: the same order, 0: none, −1: the opposite one. With Student's interval of 95 %"`
	Hides       bool     `json:"hides,omitempty" doc:"The method itself hides parts of the image: it has a head start"`
}
