package api

// Concepts are the parts that a model looks at in the images of each class, found without annotation.
type Concepts struct {
	Evaluation string         `json:"evaluation"`
	Layer      string         `json:"layer,omitempty" doc:"Where they were found"`
	Job        string         `json:"job,omitempty" doc:"The job that is at work on it"`
	Stale      bool           `json:"stale,omitempty" doc:"The predictions have changed since: POST to the same address finds them again"`
	Missing    int            `json:"missing" doc:"Classes that were not looked into"`
	Classes    []ConceptClass `json:"classes"`
}

// ConceptClass is a class with its concepts, those that add most to its score first.
type ConceptClass struct {
	Index    int          `json:"index"`
	Name     string       `json:"name"`
	Reason   string       `json:"reason,omitempty" doc:"Why it has none"`
	Samples  int          `json:"samples" doc:"Of right predictions, in which they were found"`
	Unread   int          `json:"unread,omitempty" doc:"Samples that could not be read"`
	Missed   float64      `json:"missed" doc:"Share of the layer's squared values that they do not explain"`
	Below    float64      `json:"below" doc:"Share of the layer's squared values that is below zero, and left out"`
	Asked    bool         `json:"asked,omitempty" doc:"Their number was given; else it is the largest of which four in five return"`
	Settled  bool         `json:"settled" doc:"At least four in five return"`
	Tried    []ConceptTry `json:"tried"`
	Seconds  float64      `json:"seconds" doc:"That finding them took"`
	Forward  float64      `json:"forward" doc:"Of these, reading images and running the model"`
	Concepts []Concept    `json:"concepts"`
}

// ConceptTry is a number of concepts that was tried.
type ConceptTry struct {
	K     int     `json:"k"`
	Share float64 `json:"share" doc:"Of them, that return under another start and in both halves of the samples"`
}

// Concept is a part, with a place on each sample.
type Concept struct {
	Number  int             `json:"number" doc:"From 1, within its class"`
	Name    string          `json:"name" doc:"By a user; empty without one"`
	Share   float64         `json:"share" doc:"Of all that concepts add to the score of the class; below zero for one that speaks against"`
	Adds    float64         `json:"adds" doc:"Mean over the samples, in logits of the class less the mean of all classes'"`
	Low     float64         `json:"low" doc:"Its 95 % interval"`
	High    float64         `json:"high"`
	Returns float64         `json:"returns" doc:"Its smallest cosine with itself, from another start and in halves of the samples"`
	Stable  bool            `json:"stable" doc:"That is at least 0.9"`
	Area    float64         `json:"area" doc:"Mean share of the image"`
	Like    *ConceptLike    `json:"like" doc:"The concept of another class that is most like it; null where no other class has any"`
	Samples []ConceptSample `json:"samples" doc:"In which it is strongest"`
}

// ConceptLike is a concept of another class.
type ConceptLike struct {
	Class     int     `json:"class"`
	ClassName string  `json:"class_name"`
	Number    int     `json:"number"`
	Cosine    float64 `json:"cosine" doc:"From 0.9 on it is the same part"`
}

// ConceptSample is where a concept is on a sample.
type ConceptSample struct {
	ID       int64        `json:"id"`
	Path     string       `json:"path"`
	Width    int          `json:"width" doc:"Of the displayed image, in pixels"`
	Height   int          `json:"height"`
	Strength float64      `json:"strength" doc:"Its largest value, in units of the layer"`
	Adds     float64      `json:"adds" doc:"To the score of the class"`
	Bounds   [4]float64   `json:"bounds" doc:"Left, top, right and bottom in pixels"`
	Boxes    [][4]float64 `json:"boxes" doc:"That do not overlap and are together its place"`
}

// ConceptsRequest asks for the concepts of classes to be found.
type ConceptsRequest struct {
	Classes []int `json:"classes,omitempty" doc:"Indexes; none means all"`
	Lacking bool  `json:"lacking,omitempty" doc:"Only those that were not looked into since the predictions were made; instead of classes"`
	K       int   `json:"k,omitempty" minimum:"0" maximum:"20" doc:"How many concepts a class has; 0 means as many as return"`
}

// ConceptsJob is the job that finds them; null if all are found.
type ConceptsJob struct {
	Job *Job `json:"job"`
}

// ConceptName is a name that a user gives.
type ConceptName struct {
	Name string `json:"name" maxLength:"100" doc:"Empty takes it away"`
}
