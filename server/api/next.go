package api

// Next is the answer of GET …/next: which samples to label next, the first one first.
type Next struct {
	Strategies []string     `json:"strategies"`
	Seed       uint64       `json:"seed"`
	Pool       int          `json:"pool" doc:"Samples that could be chosen"`
	Drawn      int          `json:"drawn" doc:"Those of them that were looked at: at most 10000, drawn by the seed"`
	Labelled   int          `json:"labelled" doc:"Labelled samples outside of the pool that it was compared with: at most 10000, drawn by the seed"`
	Samples    []NextSample `json:"samples"`
}

// NextSample is a sample to label.
type NextSample struct {
	Sample
	Margin float64 `json:"margin" doc:"Score of the best class less that of the second"`
	Value  float64 `json:"value" doc:"Product of what the strategies give it, when it was chosen; 0 for random"`
}
