package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/sightline/sightline/server/api"
)

// Concepts tells what a model looks at in images of each class, as far as it was found; no classes
// are all of them. Each concept comes with at most so many samples.
func (c *Client) Concepts(ctx context.Context, evaluation string, classes []int, samples int) (api.Concepts, error) {
	q := url.Values{"samples": {strconv.Itoa(samples)}}
	for _, class := range classes {
		q.Add("class", strconv.Itoa(class))
	}
	return get[api.Concepts](ctx, c, path("evaluations", evaluation, "concepts"), q)
}

// FindConcepts starts, or goes on with, finding them; nil where all are found.
func (c *Client) FindConcepts(ctx context.Context, evaluation string, in api.ConceptsRequest) (*api.Job, error) {
	found, err := post[api.ConceptsJob](ctx, c, path("evaluations", evaluation, "concepts"), in)
	return found.Job, err
}

// NameConcept gives a concept of a class a name; "" takes it away. Numbers begin at 1.
func (c *Client) NameConcept(ctx context.Context, evaluation string, class, number int, name string) error {
	_, err := call[api.ConceptName](ctx, c, http.MethodPut, path("evaluations", evaluation, "concepts", strconv.Itoa(class), strconv.Itoa(number)), nil, api.ConceptName{Name: name})
	return err
}
