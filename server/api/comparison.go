package api

// Comparison puts an evaluation beside an earlier one, over the images that both have:
// those of one dataset, or those with the same bytes. Classes are those of the evaluation;
// classes of the earlier one with the same name are the same.
type Comparison struct {
	Evaluation    string             `json:"evaluation"`
	Before        string             `json:"before"`
	Slice         string             `json:"slice" doc:"Which samples of the evaluation, in the canonical text of the language of slices"`
	Images        int                `json:"images" doc:"Images that both predicted and that have a label in both: all figures are over these"`
	Unpaired      int                `json:"unpaired" doc:"Samples of the slice of which the earlier evaluation has no prediction"`
	Unlabelled    int                `json:"unlabelled" doc:"Pairs without a label on either side"`
	Relabelled    int                `json:"relabelled" doc:"Images whose label is another class now"`
	Missing       []string           `json:"missing" doc:"Classes that the earlier evaluation does not have"`
	MissingBefore []string           `json:"missing_before" doc:"Classes that only the earlier evaluation has"`
	Accuracy      Difference         `json:"accuracy"`
	MacroF1       Difference         `json:"macro_f1"`
	P             float64            `json:"p" doc:"Of the exact test of McNemar whether both are right equally often"`
	Transitions   []TransitionCount  `json:"transitions"`
	Classes       []ClassDifference  `json:"classes" doc:"One per label that occurs"`
	Maps          []RegionComparison `json:"maps" doc:"One per method and target of which both evaluations have stored maps"`
	MissingShares int                `json:"missing_shares" doc:"Stored maps that are not counted because their shares are not known yet: POST /api/evaluations/{id}/shares finds them"`
}

// Difference is a figure of both evaluations. The interval of confidence 95 % of now −
// before takes into account that both saw the same images.
type Difference struct {
	Before     float64  `json:"before"`
	Now        float64  `json:"now"`
	Difference Estimate `json:"difference"`
}

// TransitionCount is how many images became what.
type TransitionCount struct {
	Transition string `json:"transition" enum:"fixed,broken,still-right,still-wrong,changed"`
	Count      int    `json:"count"`
	Slice      string `json:"slice" doc:"Selects these images"`
}

// CellChanges are the cells of the confusion matrix before and now, over the images that both have.
type CellChanges struct {
	Slice string       `json:"slice" doc:"What was counted"`
	Cells []CellChange `json:"cells" doc:"Those that hold an image before or now, those that changed most first"`
	More  int          `json:"more" doc:"Cells that the limit left out"`
}

// CellChange is one of them.
type CellChange struct {
	Label     int     `json:"label"`
	Predicted int     `json:"predicted" doc:"-1 for no decision"`
	Before    int     `json:"before"`
	Now       int     `json:"now"`
	Low       float64 `json:"low" doc:"Of the interval of confidence 95 % of now − before, in images, which takes into account that both saw the same ones"`
	High      float64 `json:"high"`
	Ways      []Way   `json:"ways" doc:"How its images came to be in it"`
}

// Way counts the images that are in a cell in both, only now (came) or only before (left).
type Way struct {
	Way        string `json:"way" enum:"stayed,came,left"`
	Transition string `json:"transition" enum:"fixed,broken,still-right,still-wrong,changed"`
	Count      int    `json:"count"`
	Slice      string `json:"slice,omitempty" doc:"Selects these images"`
}

// ClassDifference is what became of the images with one label.
type ClassDifference struct {
	Class     int        `json:"class"`
	Name      string     `json:"name"`
	Images    int        `json:"images"`
	Recall    Difference `json:"recall"`
	Fixed     int        `json:"fixed"`
	Broken    int        `json:"broken"`
	P         float64    `json:"p" doc:"Of the exact test of McNemar"`
	Corrected float64    `json:"corrected" doc:"p corrected for the number of classes (Benjamini and Hochberg)"`
}

// RegionComparison is where the maps of one method and target look in both evaluations,
// over the images of which both have a map.
type RegionComparison struct {
	Method  string             `json:"method"`
	Target  string             `json:"target"`
	Pairs   int                `json:"pairs" doc:"Images of which both evaluations have a map"`
	Regions []RegionDifference `json:"regions"`
}

// RegionDifference is the share of positive attribution on one region in both evaluations.
// Pairs with a red map on either side are left out.
type RegionDifference struct {
	Region     string   `json:"region"`
	Builtin    bool     `json:"builtin,omitempty" doc:"Every image has it; else the dataset says where it is"`
	Area       float64  `json:"area" doc:"Mean share of what the model saw that the region covers"`
	Before     Estimate `json:"before"`
	Now        Estimate `json:"now"`
	Difference Estimate `json:"difference" doc:"now − before, paired by image"`
}

// Counterpart is what another evaluation has of the image of a sample: the same sample, or
// the first by path with the same bytes.
type Counterpart struct {
	Evaluation string  `json:"evaluation" doc:"The other evaluation"`
	Model      string  `json:"model"`
	Sample     int64   `json:"sample" doc:"The sample there; its maps are those of this sample"`
	Truth      int     `json:"truth" doc:"Index of its label among the other evaluation's classes, -1 without one"`
	Predicted  int     `json:"predicted" doc:"Index among the other evaluation's classes, -1 where the threshold leaves no decision"`
	Name       string  `json:"name" doc:"Name of the predicted class, empty without a decision"`
	Confidence float64 `json:"confidence"`
}
