package api

// MeanMaps is what the stored maps of one method and target have in common, on a grid that is
// laid over every image, whatever its size. Values are shares of what is positive on a map: they
// add up to 1 (less what lies outside of the image), and a map without opinion has
// 1 ÷ (columns · rows) in each cell. Every map weighs the same.
type MeanMaps struct {
	By      string    `json:"by" enum:"all,label,predicted,cell" doc:"What the images of a group have in common"`
	Method  string    `json:"method" doc:"How the maps are made"`
	Target  string    `json:"target"`
	Region  string    `json:"region,omitempty" doc:"The grid lies on the box around this region, not on the whole image"`
	Columns int       `json:"columns"`
	Rows    int       `json:"rows"`
	Aspect  float64   `json:"aspect" doc:"Width ÷ height of what the grid lies on, the median of the counted images; 1 where there are none"`
	All     MeanMap   `json:"all" doc:"Of the slice"`
	Groups  []MeanMap `json:"groups" doc:"Of labelled images; none where by is all"`
}

// MeanMap is the mean of the maps of some images. Lists of values are row by row.
type MeanMap struct {
	Name      string          `json:"name" doc:"In words"`
	Label     *int            `json:"label,omitempty" doc:"The class they are labelled, if they have that in common"`
	Predicted *int            `json:"predicted,omitempty" doc:"The class they are predicted as, -1 for no decision, if they have that in common"`
	Slice     string          `json:"slice" doc:"Selects these images"`
	Images    int             `json:"images"`
	Maps      int             `json:"maps" doc:"Images with a stored map"`
	N         int             `json:"n" doc:"Maps that are counted"`
	Red       int             `json:"red" doc:"Maps that are left out because they are red"`
	Empty     int             `json:"empty" doc:"Maps that are left out because nothing is positive, there or at all"`
	Outside   int             `json:"outside,omitempty" doc:"Maps that are left out because their image has not exactly one region of the name"`
	Mean      []float64       `json:"mean" doc:"Empty where no map is counted"`
	Median    []float64       `json:"median,omitempty" doc:"Of all only"`
	Spread    []float64       `json:"spread,omitempty" doc:"Standard deviation over the images; of all only, from two maps on"`
	Typical   []TypicalSample `json:"typical,omitempty" doc:"The images whose maps are most like the mean, of all only"`
	Outliers  []TypicalSample `json:"outliers,omitempty" doc:"Those whose maps are least like it, the least first, of all only"`
}

// TypicalSample is an image, and how far its map is from the mean.
type TypicalSample struct {
	ID       int64   `json:"id"`
	Path     string  `json:"path"`
	Distance float64 `json:"distance" doc:"Share of what is positive that would have to move to make the map the mean, in [0, 1]"`
}

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
