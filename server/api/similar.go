package api

// Similar is the answer of GET …/similar: the samples whose embeddings are most like that of one.
type Similar struct {
	Reason     string          `json:"reason,omitempty" doc:"Why there are none, if so"`
	Right      []SimilarSample `json:"right" doc:"Of those predicted as their label, the most similar first"`
	Wrong      []SimilarSample `json:"wrong" doc:"Of those predicted as another class, or without a decision"`
	Unlabelled []SimilarSample `json:"unlabelled" doc:"Of those without a label that is a class"`
	Of         int             `json:"of" doc:"Samples that were looked at"`
	Rescored   int             `json:"rescored" doc:"Those whose cosine had to be computed to prove the answer"`
}

// SimilarSample is a sample, and how similar it is.
type SimilarSample struct {
	Sample
	Similarity float64 `json:"similarity" doc:"Cosine of the embeddings, at most 1"`
}
