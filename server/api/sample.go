package api

// SampleList is a page of samples.
type SampleList struct {
	Total   int      `json:"total" doc:"Samples that match the slice"`
	Samples []Sample `json:"samples"`
}

// Sample is one image and its prediction.
type Sample struct {
	ID         int64    `json:"id"`
	Path       string   `json:"path" doc:"Relative to the dataset's root"`
	Label      int      `json:"label" doc:"Class index; -1 if it has none"`
	LabelName  string   `json:"label_name" doc:"The dataset's own label"`
	Predicted  int      `json:"predicted" doc:"Class index; -1 is no decision"`
	Confidence float64  `json:"confidence" doc:"Score of the predicted class"`
	TruthScore *float64 `json:"truth_score" doc:"Score of the label's class; null if it has none"`
	Split      string   `json:"split"`
	Width      int      `json:"width" doc:"As displayed (upright)"`
	Height     int      `json:"height" doc:"As displayed (upright)"`
}

// SampleDetail is everything about one sample in one evaluation.
type SampleDetail struct {
	ID          int64         `json:"id"`
	Path        string        `json:"path"`
	Dataset     string        `json:"dataset"`
	Label       int           `json:"label"`
	LabelName   string        `json:"label_name"`
	Truth       int           `json:"truth" doc:"Class index of the label; -1 if it has none"`
	Predicted   int           `json:"predicted"`
	Confidence  float64       `json:"confidence"`
	Split       string        `json:"split"`
	Width       int           `json:"width" doc:"As displayed (upright)"`
	Height      int           `json:"height" doc:"As displayed (upright)"`
	Orientation int           `json:"orientation" doc:"EXIF orientation 1 to 8"`
	Format      string        `json:"format"`
	Bytes       int64         `json:"bytes"`
	Scores      []ClassScore  `json:"scores" doc:"The best 20 and the true class, best first"`
	Regions     []Region      `json:"regions"`
	Duplicates  []DuplicateOf `json:"duplicates"`
	Marks       []SampleMark  `json:"marks" doc:"What people noted of it, such as its tags"`
	Previous    *int64        `json:"previous" doc:"Sample before this one in the slice and sort"`
	Next        *int64        `json:"next" doc:"Sample after this one in the slice and sort"`
	Position    int           `json:"position" doc:"From 0; -1 if the sample is not in the slice"`
	Total       int           `json:"total" doc:"Samples in the slice"`
}

// ClassScore is the score of one class for one sample.
type ClassScore struct {
	Index int     `json:"index"`
	Name  string  `json:"name"`
	Score float64 `json:"score"`
	Logit float64 `json:"logit"`
}

// Region is a named area of a sample, in displayed pixels.
type Region struct {
	Name   string    `json:"name"`
	Kind   string    `json:"kind" enum:"box,polygon,mask"`
	Points []float64 `json:"points" doc:"x,y pairs; a box is its two opposite corners; a mask is the image's width and height, then the lengths of the runs of pixels, down the columns, that are in turn outside (the first) and inside"`
}

// DuplicateOf is another sample with the same content.
type DuplicateOf struct {
	ID    int64  `json:"id"`
	Path  string `json:"path"`
	Label string `json:"label"`
}

// HandRequest is a change of one image by hand.
type HandRequest struct {
	Areas  []HandArea `json:"areas" required:"false" doc:"What is changed, in displayed pixels"`
	Region string     `json:"region,omitempty" required:"false" doc:"Or a region of the sample by its name; with areas, too"`
	Fill   string     `json:"fill" enum:"pyramid,blur,mean,swap" doc:"pyramid, blur and mean hide the area; swap puts the same place of another sample there"`
	Donor  int64      `json:"donor,omitempty" required:"false" doc:"The other sample, of swap"`
	Method string     `json:"method,omitempty" required:"false" doc:"How the map is made, auto unless told; see /api/methods"`
	Target string     `json:"target,omitempty" required:"false" doc:"What it explains, predicted unless told: what is predicted of the changed image"`
}

// HandArea is an area as a dataset keeps regions.
type HandArea struct {
	Kind   string    `json:"kind" enum:"box,polygon,mask"`
	Points []float64 `json:"points" doc:"Of a box two opposite corners (x, y, x, y), of a polygon its outline, of a mask its width, height and runs down the columns, in turn outside and inside"`
}

// HandChange is what the model says of a changed image.
type HandChange struct {
	Area      float64     `json:"area" doc:"Share of the image that was changed"`
	Predicted int         `json:"predicted"`
	Name      string      `json:"name" doc:"Of the class that is predicted now"`
	Turned    bool        `json:"turned" doc:"Whether another class is predicted than before"`
	Scores    []HandScore `json:"scores" doc:"The best classes now, that of before and that of the label"`
	Image     string      `json:"image" doc:"The changed image, a JPEG, as a data URL"`
	Map       MapDone     `json:"map"`
}

// HandScore is the score of a class, now and of the image as it is.
type HandScore struct {
	Index  int     `json:"index"`
	Name   string  `json:"name"`
	Score  float64 `json:"score"`
	Was    float64 `json:"was"`
	Logit  float64 `json:"logit"`
	Before float64 `json:"logit_before"`
}

// CellTest is what changing an area of a sample does to all images that have its label and prediction.
type CellTest struct {
	Label         int          `json:"label" doc:"-1 without one"`
	LabelName     string       `json:"label_name,omitempty"`
	Predicted     int          `json:"predicted"`
	PredictedName string       `json:"predicted_name"`
	Slice         string       `json:"slice" doc:"Selects the images"`
	Images        int          `json:"images" doc:"How many there are; of more than 200 as many are drawn by chance"`
	State         string       `json:"state" enum:"untested,running,done"`
	Job           string       `json:"job,omitempty" doc:"The job that is at work on it"`
	Word          string       `json:"word,omitempty" doc:"helps: changed it turns answers, more than a control; looked at, not used: next to none; undecided: none can be said"`
	Fragile       bool         `json:"fragile,omitempty" doc:"Only one way of hiding shows it"`
	Text          string       `json:"text,omitempty" doc:"All of it in words"`
	Fills         []CellFigure `json:"fills,omitempty"`
	Samples       []int64      `json:"samples,omitempty" doc:"Images that turned, at most eight"`
}

// States of a CellTest.
const (
	CellUntested = "untested"
	CellRunning  = "running"
	CellDone     = "done"
)

// CellFigure is what one way of changing the area did.
type CellFigure struct {
	Fill      string    `json:"fill" enum:"pyramid,blur,swap"`
	Turned    Estimate  `json:"turned" doc:"Share of answers that turn"`
	Control   *Estimate `json:"control,omitempty" doc:"Share that turns at the controls: as much hidden elsewhere, or of swaps that of another image of the cell; none without controls"`
	Effect    *Estimate `json:"effect,omitempty" doc:"Turned less the control's, of the same images"`
	Corrected *float64  `json:"corrected" doc:"p-value of a permutation test of the margins; null without controls, or of fewer than 12 images"`
}
