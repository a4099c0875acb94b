package client

import (
	"context"
	"net/http"

	"github.com/sightline/sightline/server/api"
)

// Tags lists the tags of a dataset.
func (c *Client) Tags(ctx context.Context, dataset string) ([]api.Tag, error) {
	list, err := get[api.TagList](ctx, c, path("datasets", dataset, "tags"), nil)
	return list.Tags, err
}

// TagsOf lists the tags of an evaluation's dataset, with how many samples of a slice have them.
func (c *Client) TagsOf(ctx context.Context, evaluation, slice string) ([]api.Tag, error) {
	list, err := get[api.TagList](ctx, c, path("evaluations", evaluation, "tags")+selected(slice, nil), nil)
	return list.Tags, err
}

// Mark tags, notes, relabels or excludes samples of an evaluation, or takes such a mark away.
func (c *Client) Mark(ctx context.Context, evaluation string, r api.MarkRequest) (api.MarkAction, error) {
	return post[api.MarkAction](ctx, c, path("evaluations", evaluation, "marks"), r)
}

// RemoveTag takes a tag from all samples of a dataset and forgets it.
func (c *Client) RemoveTag(ctx context.Context, dataset, tag string) (api.MarkAction, error) {
	return call[api.MarkAction](ctx, c, http.MethodDelete, path("datasets", dataset, "tags", tag), nil, nil)
}

// RenameTag gives a tag another name.
func (c *Client) RenameTag(ctx context.Context, dataset, tag, to string) error {
	_, err := call[api.TagList](ctx, c, http.MethodPatch, path("datasets", dataset, "tags", tag), nil, api.RenameRequest{Name: to})
	return err
}

// Marked lists what was done last to the marks of a dataset, the last first.
func (c *Client) Marked(ctx context.Context, dataset string) ([]api.MarkAction, error) {
	list, err := get[api.MarkHistory](ctx, c, path("datasets", dataset, "marks"), nil)
	return list.Actions, err
}

// Undo takes an action back, 0 for the last one that stands.
func (c *Client) Undo(ctx context.Context, dataset string, action int64) (api.MarkAction, error) {
	return post[api.MarkAction](ctx, c, path("datasets", dataset, "marks", "undo"), api.UndoRequest{Action: action})
}

// Locate tells which samples of a dataset files are, in the order of the files.
func (c *Client) Locate(ctx context.Context, dataset string, files []api.FileName) ([]api.Located, error) {
	list, err := post[api.LocatedList](ctx, c, path("datasets", dataset, "locate"), api.LocateRequest{Files: files})
	return list.Samples, err
}
