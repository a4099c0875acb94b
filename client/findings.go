package client

import (
	"context"
	"net/http"

	"github.com/sightline/sightline/server/api"
)

// Findings tells what an evaluation's model decides by, as far as it was tested.
func (c *Client) Findings(ctx context.Context, evaluation string) (api.Findings, error) {
	return get[api.Findings](ctx, c, path("evaluations", evaluation, "findings"), nil)
}

// Find starts, or continues, the tests of what an evaluation's model decides by; nil where
// all is done. They go in stages; each is a job whose result names the next one, as next. A
// budget of 0 is the default one.
func (c *Client) Find(ctx context.Context, evaluation string, budget int) (*api.Job, error) {
	found, err := post[api.FindingsJob](ctx, c, path("evaluations", evaluation, "findings"), api.FindingsRequest{Budget: budget})
	return found.Job, err
}

// Declarations lists what models should, or should not, look at on a dataset.
func (c *Client) Declarations(ctx context.Context, dataset string) (api.Declarations, error) {
	return get[api.Declarations](ctx, c, path("datasets", dataset, "declarations"), nil)
}

// Declare says what models should, or should not, look at on a dataset, and returns all that
// is declared of it then.
func (c *Client) Declare(ctx context.Context, dataset string, d api.Declarations) (api.Declarations, error) {
	return call[api.Declarations](ctx, c, http.MethodPut, path("datasets", dataset, "declarations"), nil, d)
}

// Check assesses rules on an evaluation. A mistake in the rules is an error of status 422.
func (c *Client) Check(ctx context.Context, evaluation string, in api.CheckRequest) (api.Check, error) {
	return post[api.Check](ctx, c, path("evaluations", evaluation, "check"), in)
}

// Dismissals lists the findings of a dataset that users have seen enough of.
func (c *Client) Dismissals(ctx context.Context, dataset string) (api.Dismissals, error) {
	return get[api.Dismissals](ctx, c, path("datasets", dataset, "dismissals"), nil)
}

// Dismiss dismisses findings of a dataset and takes dismissals back; it returns all there are then.
func (c *Client) Dismiss(ctx context.Context, dataset string, d api.DismissRequest) (api.Dismissals, error) {
	return call[api.Dismissals](ctx, c, http.MethodPut, path("datasets", dataset, "dismissals"), nil, d)
}
