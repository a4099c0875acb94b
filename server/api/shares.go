package api

// ShareList is the answer of GET …/shares: what stored maps say of regions.
type ShareList struct {
	Summaries []ShareSummary `json:"summaries" doc:"One per method and target, in the order in which maps come"`
	Missing   int            `json:"missing" doc:"Maps that are not in the summaries because their shares of the regions as they are now are not known yet: POST to the same address finds them, without running the model"`
}

// ShareSummary is what the maps of one method and target say together.
type ShareSummary struct {
	Method   string         `json:"method"`
	Target   string         `json:"target" doc:"predicted, true, contrast or class:INDEX"`
	Maps     int            `json:"maps"`
	Verdicts map[string]int `json:"verdicts,omitempty" doc:"How many are green, amber and red, where trust is known; degenerate ones are red"`
	Regions  []RegionShare  `json:"regions"`
}

// RegionShare is the mean share of positive attribution on a region, over the maps that
// are not red, with an interval of confidence 95 % that lies in 0 to 1. docs/trust.md
// says how it is made.
type RegionShare struct {
	Region  string   `json:"region"`
	Builtin bool     `json:"builtin,omitempty" doc:"Every image has it; else the dataset says where it is"`
	Share   Estimate `json:"share"`
	Area    float64  `json:"area" doc:"Mean share of what the model saw that the region covers, over the same maps: what a map without opinion has"`
}
