package route

import (
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/slice"
)

// SliceQuery selects samples: the criteria of package slice are parameters of the
// request.
type SliceQuery struct {
	slice slice.Slice
	err   error
}

// Resolve reads the criteria from the query as it was sent: only there a comma
// between two values differs from one in a name.
func (q *SliceQuery) Resolve(c huma.Context) []error {
	u := c.URL()
	var others []string
	for _, p := range c.Operation().Parameters {
		if p.In == "query" && !isCriterion(p.Name) {
			others = append(others, p.Name)
		}
	}
	q.slice, q.err = slice.Samples.Query(u.RawQuery, others...)
	return nil // told by Selected, whose detail says what is wrong
}

// Selecting selects a slice, for requests that the server makes of itself.
func Selecting(s slice.Slice) SliceQuery { return SliceQuery{slice: s} }

// sliced marks the requests that have a SliceQuery.
func (q *SliceQuery) sliced() {}

// sliceParameters describe the criteria, and give huma's own check of unknown
// parameters up: Resolve knows more names than a list can hold.
func sliceParameters(op *huma.Operation, input any) {
	if _, ok := input.(interface{ sliced() }); !ok {
		op.RejectUnknownQueryParameters = true
		return
	}
	for _, f := range slice.Samples {
		op.Parameters = append(op.Parameters, parameter(f.Pattern(), f.Doc+". "+f.Kind.Doc()))
		for _, name := range f.Old() {
			p := parameter(name, "Of earlier versions: see "+f.Pattern())
			p.Deprecated = true
			op.Parameters = append(op.Parameters, p)
		}
	}
}

func parameter(name, doc string) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: huma.TypeString}}
}

func isCriterion(name string) bool {
	return slices.ContainsFunc(slice.Samples, func(f *slice.Field) bool {
		return f.Pattern() == name || slices.Contains(f.Old(), name)
	})
}

// Selected is the slice of a request. Its classes are found where the samples are
// looked up: what the model does not have is refused there (see problem).
func (q *SliceQuery) Selected() (slice.Slice, error) {
	if q.err != nil {
		return slice.Slice{}, &refusal{http.StatusUnprocessableEntity, q.err}
	}
	return q.slice, nil
}
