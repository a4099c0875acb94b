package api

// Space is the answer of GET …/space: what there is of the map of an evaluation's images.
type Space struct {
	Reason  string  `json:"reason,omitempty" doc:"Why there is no map, if so"`
	Images  int     `json:"images" doc:"Images on the map: all that are predicted"`
	Made    bool    `json:"made" doc:"Whether the map by neighbours (UMAP) is made of the predictions as they are; the one by principal components always is"`
	Drawn   int     `json:"drawn" doc:"Images that are compared with each other; the others are placed by their neighbours among them"`
	Seconds float64 `json:"seconds" doc:"About how much processor time making it takes"`
}

// SpaceRequest asks for a map.
type SpaceRequest struct {
	Seed uint64 `json:"seed,omitempty" doc:"Of the layout; the same gives the same map"`
}

// SpaceStarted is the answer to it.
type SpaceStarted struct {
	Made bool `json:"made" doc:"The map is there already"`
	Job  *Job `json:"job,omitempty" doc:"The job that makes it"`
}
