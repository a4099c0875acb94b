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

// Look is what the stored maps of one method and target say of regions, class by class.
type Look struct {
	By      string    `json:"by" enum:"label,predicted,cell" doc:"What a row has in common: the label, the predicted class, or both"`
	Method  string    `json:"method" doc:"How the maps are made; empty where there is none"`
	Target  string    `json:"target"`
	Rows    []LookRow `json:"rows" doc:"By class, cells with the most images first; only where there are images"`
	All     LookRow   `json:"all" doc:"Every image of the slice"`
	Missing int       `json:"missing" doc:"Stored maps that are not counted because their shares are not known yet: POST /api/evaluations/{id}/shares finds them"`
}

// LookRow is what the maps of some images say of regions.
type LookRow struct {
	Name      string         `json:"name" doc:"In words"`
	Label     *int           `json:"label,omitempty" doc:"The class they are labelled, if they have that in common"`
	Predicted *int           `json:"predicted,omitempty" doc:"The class they are predicted as, -1 for no decision, if they have that in common"`
	Slice     string         `json:"slice" doc:"Selects these images"`
	Images    int            `json:"images" doc:"Labelled images"`
	Maps      int            `json:"maps" doc:"Images with a map"`
	Verdicts  map[string]int `json:"verdicts,omitempty" doc:"How many maps are green, amber and red, where trust is known; red ones are left out"`
	Regions   []RegionShare  `json:"regions" doc:"Those of the dataset first, then those of every image but the grid. Regions that are called as classes are become two: object of the label, and elsewhere"`
}
