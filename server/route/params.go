package route

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
	Sort string `query:"sort" enum:"confidence,-confidence,path,-loss,share,-share" doc:"Order; a minus means most first. share is that of the slice's first criterion share(REGION)"`
}
