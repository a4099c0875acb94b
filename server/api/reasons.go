package api

// Reasons tells how many of the images that two evaluations have right are decided for another
// reason: their maps differ by more than chance moves them, and by more than 0.2 of share.
type Reasons struct {
	Evaluation string        `json:"evaluation"`
	Before     string        `json:"before"`
	Method     string        `json:"method"`
	Target     string        `json:"target"`
	Measure    string        `json:"measure" enum:"regions,grid" doc:"What maps differ by. regions: the largest change of the share of one of the dataset's regions. grid: the share that would have to move between the cells of a grid of 3×3, where the dataset has no regions"`
	Null       string        `json:"null" enum:"twin,changed" doc:"What chance is measured by. twin: a retrained model. changed: each model's maps of images that are shifted by 3 pixels, 15 % brighter or darker, or a little noisy"`
	Twin       string        `json:"twin,omitempty" doc:"The retrained model's evaluation"`
	TwinOf     string        `json:"twin_of,omitempty" doc:"The evaluation whose maps the twin's are nearer to"`
	NullN      int           `json:"null_n" doc:"Differences that chance is measured by, of the evaluation with fewer"`
	Known      bool          `json:"known" doc:"These are at least 20. Else nothing is counted: POST to the address of each evaluation"`
	Point      float64       `json:"point" doc:"95 % of the differences by chance are not larger"`
	Lacking    int           `json:"lacking" doc:"Images that both have right, without a map in both that is measured and not red"`
	Slice      string        `json:"slice" doc:"Selects the images that are counted"`
	All        ReasonCount   `json:"all"`
	Classes    []ReasonCount `json:"classes" doc:"Labels with at least 25 such images"`
}

// ReasonCount is how many of some images are decided for another reason.
type ReasonCount struct {
	Class    *int     `json:"class,omitempty" doc:"The label; none for all"`
	Name     string   `json:"name"`
	N        int      `json:"n" doc:"Images that both have right, with maps that can be compared"`
	Count    int      `json:"count" doc:"Those that are decided for another reason"`
	Expected float64  `json:"expected" doc:"By chance: 5 %"`
	Excess   Estimate `json:"excess" doc:"Share of the images beyond those 5 %"`
	Slice    string   `json:"slice" doc:"Selects those that are decided for another reason"`
}

// ReasonsJob is the job that finds how far maps of an evaluation move by chance.
type ReasonsJob struct {
	Job *Job `json:"job" doc:"Null where nothing is left to do"`
}
