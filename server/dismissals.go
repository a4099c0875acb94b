package server

import (
	"context"
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/trials"
)

func (b *backend) dismissalRoutes(a huma.API) {
	const address = " /api/datasets/{name}/dismissals"
	route.JSON(a, "GET"+address, "list-dismissals", "Findings of a dataset that users have seen enough of", func(ctx context.Context, in *datasetPath) (api.Dismissals, error) {
		return b.dismissals(ctx, in.Dataset)
	})
	route.JSON(a, "PUT"+address, "dismiss", "Dismiss findings of a dataset with a note, or take that back", func(ctx context.Context, in *struct {
		Dataset string `path:"name" doc:"The dataset"`
		Body    api.DismissRequest
	}) (api.Dismissals, error) {
		list := wire.List(in.Body.Dismiss, func(d api.Dismissal) trials.Dismissal { return trials.Dismissal(d) })
		err := b.store.Trials.Dismiss(ctx, in.Dataset, list, in.Body.Back)
		if errors.Is(err, trials.ErrDismissal) {
			err = route.BadRequest(err)
		}
		if err != nil {
			return api.Dismissals{}, err
		}
		return b.dismissals(ctx, in.Dataset)
	})
}

func (b *backend) dismissals(ctx context.Context, dataset string) (api.Dismissals, error) {
	list, err := b.store.Trials.Dismissals(ctx, dataset)
	return api.Dismissals{Dismissed: wire.List(list, func(d trials.Dismissal) api.Dismissal { return api.Dismissal(d) })}, err
}

// dismissedOf reads the dismissals of a dataset by their keys.
func (b *backend) dismissedOf(ctx context.Context, dataset string) (map[string]*api.Dismissal, error) {
	list, err := b.dismissals(ctx, dataset)
	if err != nil {
		return nil, err
	}
	by := make(map[string]*api.Dismissal, len(list.Dismissed))
	for i := range list.Dismissed {
		by[list.Dismissed[i].Key] = &list.Dismissed[i]
	}
	return by, nil
}
