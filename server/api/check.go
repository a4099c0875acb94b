package api

// CheckRequest asks for rules to be assessed on an evaluation.
type CheckRequest struct {
	Rules    string `json:"rules" maxLength:"1000000" doc:"The text of a file of rules, in YAML: see docs/gates.md"`
	File     string `json:"file,omitempty" doc:"What errors call the file"`
	Baseline string `json:"baseline,omitempty" doc:"An earlier evaluation, for the rules that compare with one"`
}

// Check is what became of rules on an evaluation.
type Check struct {
	Evaluation string       `json:"evaluation"`
	Baseline   string       `json:"baseline,omitempty"`
	Slice      string       `json:"slice" doc:"The images that figures are over"`
	SliceName  string       `json:"slice_name" doc:"The same in words"`
	Verdict    string       `json:"verdict" enum:"pass,fail,unjudged" doc:"fail if any rule fails, else unjudged if any cannot be decided"`
	Rules      []RuleResult `json:"rules" doc:"In the order of the file"`
}

// RuleResult is what became of a rule.
type RuleResult struct {
	Rule    string       `json:"rule" doc:"In words"`
	Kind    string       `json:"kind"`
	Line    int          `json:"line" doc:"Where it stands in the file"`
	Verdict string       `json:"verdict" enum:"pass,fail,unjudged"`
	Checks  []RuleFigure `json:"checks" doc:"One per figure, such as the recall of a class"`
}

// RuleFigure is a figure that a rule looked at.
type RuleFigure struct {
	Verdict string   `json:"verdict" enum:"pass,fail,unjudged"`
	Class   string   `json:"class,omitempty" doc:"Empty for all together"`
	Value   *float64 `json:"value" doc:"Null where a rule looks at no number, or at none that is known"`
	Low     *float64 `json:"low" doc:"Interval of 95 %"`
	High    *float64 `json:"high"`
	N       int      `json:"n" doc:"Images"`
	Limit   *float64 `json:"limit"`
	AtLeast bool     `json:"at_least" doc:"The limit is the least, not the most, that is asked for"`
	Text    string   `json:"text" doc:"What was found, and what was asked for"`
	Slice   string   `json:"slice" doc:"Selects the images it is about"`
}
