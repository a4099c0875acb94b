package server

// EvaluationPath names an evaluation.
type EvaluationPath struct {
	Evaluation string `path:"id" doc:"The evaluation"`
}

// SamplePath names a sample of an evaluation.
type SamplePath struct {
	EvaluationPath
	Sample int64 `path:"sample" doc:"The sample"`
}

// SortQuery orders samples.
type SortQuery struct {
	Sort string `query:"sort" enum:"confidence,-confidence,path,-loss" doc:"Order; a minus means most first"`
}
