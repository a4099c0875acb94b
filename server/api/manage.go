package api

// RenameRequest gives a dataset or model another name.
type RenameRequest struct {
	Name string `json:"name" doc:"The new name"`
}

// Removed says what went with a dataset, model or evaluation.
type Removed struct {
	Evaluations []string `json:"evaluations" doc:"The evaluations that were removed"`
}
