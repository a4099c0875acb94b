package api

// RenameRequest gives a dataset or model another name.
type RenameRequest struct {
	Name string `json:"name" doc:"The new name"`
}

// Removal is what would go with a dataset, model or evaluation.
type Removal struct {
	Evaluations []string `json:"evaluations" doc:"Made of it; itself, if it is one"`
	Samples     int      `json:"samples" doc:"Of a dataset; their images stay"`
	Predictions int      `json:"predictions" doc:"Of the evaluations"`
	Maps        int      `json:"maps" doc:"Of the evaluations"`
	Trials      int      `json:"trials" doc:"Of the evaluations: what the model said of images with an area hidden, swapped or pasted"`
	Marks       int      `json:"marks" doc:"Of a dataset: tags of its samples"`
	Bytes       int64    `json:"bytes" doc:"Of the files of scores, maps and thumbnails that are free then"`
	Job         *Job     `json:"job,omitempty" doc:"A job that works on it: nothing is removed until it has ended"`
}

// Removed says what went with a dataset, model or evaluation.
type Removed struct {
	Evaluations []string `json:"evaluations" doc:"The evaluations that were removed"`
}
