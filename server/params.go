package server

import (
	"math"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// Optional is a query parameter that may be absent, which is not the same as
// zero: label=0 is the first class.
type Optional[T any] struct {
	Value T
	Set   bool
}

// Schema is the schema of the value.
func (Optional[T]) Schema(r huma.Registry) *huma.Schema {
	return huma.SchemaFromType(r, reflect.TypeFor[T]())
}

// Receiver is where huma writes the value.
func (o *Optional[T]) Receiver() reflect.Value { return reflect.ValueOf(o).Elem().Field(0) }

// OnParamSet records whether the request had the parameter.
func (o *Optional[T]) OnParamSet(isSet bool, _ any) { o.Set = isSet }

// pointer is nil where the parameter was absent.
func (o Optional[T]) pointer() *T {
	if !o.Set {
		return nil
	}
	return &o.Value
}

// EvaluationPath names an evaluation.
type EvaluationPath struct {
	Evaluation string `path:"id" doc:"The evaluation"`
}

// SamplePath names a sample of an evaluation.
type SamplePath struct {
	EvaluationPath
	Sample int64 `path:"sample" doc:"The sample"`
}

// SplitQuery restricts to a split.
type SplitQuery struct {
	Split string `query:"split" doc:"Only samples of this split"`
}

// ViewQuery is what changes the matrix: the split and the threshold under
// which samples have no decision.
type ViewQuery struct {
	SplitQuery
	Threshold float64 `query:"threshold" minimum:"0" maximum:"1" doc:"Samples with a smaller confidence have no decision"`
}

// Resolve refuses the one number that is neither under nor over a bound.
func (q *ViewQuery) Resolve(huma.Context) []error {
	if math.IsNaN(q.Threshold) {
		return []error{&huma.ErrorDetail{Message: "expected a number from 0 to 1", Location: "query.threshold", Value: "NaN"}}
	}
	return nil
}

// FilterQuery selects samples.
type FilterQuery struct {
	ViewQuery
	Label         Optional[int]     `query:"label" doc:"Only samples with this label (class index)"`
	Predicted     Optional[int]     `query:"predicted" doc:"Only samples predicted as this class; -1: those without a decision"`
	Correct       Optional[bool]    `query:"correct" doc:"Only right, or only wrong predictions"`
	MinConfidence Optional[float64] `query:"min_confidence" doc:"Only samples with at least this confidence"`
	MaxConfidence Optional[float64] `query:"max_confidence" doc:"Only samples with at most this confidence"`
	Class         Optional[int]     `query:"class" doc:"The class that min_score and max_score speak of"`
	MinScore      Optional[float64] `query:"min_score" doc:"Only samples with at least this score of the class"`
	MaxScore      Optional[float64] `query:"max_score" doc:"Only samples with at most this score of the class"`
	Text          string            `query:"q" doc:"Only samples whose path contains this"`
	Sort          string            `query:"sort" enum:"confidence,-confidence,path,-loss" doc:"Order; a minus means most first"`
}
