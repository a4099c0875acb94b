// Package concepts has the API's resources of what models look at that nobody annotated.
package concepts

import (
	"context"
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/server/wire"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/concepts"
)

// Resources are the routes of concepts, and what they work on.
type Resources struct{ concepts.Service }

// New makes the routes of a server with these kinds of work.
func New(s *task.Server) *Resources { return &Resources{concepts.Service{Server: s}} }

type query struct {
	route.EvaluationPath
	Class   []int `query:"class,explode" doc:"Of these classes, by index; may be repeated. None means all"`
	Samples int   `query:"samples" minimum:"0" maximum:"50" default:"6" doc:"Samples of each concept at most"`
}

type conceptPath struct {
	route.EvaluationPath
	Class  int `path:"class" doc:"Index of the class"`
	Number int `path:"number" minimum:"1" doc:"Of the concept"`
	Body   api.ConceptName
}

// Register puts the routes in place.
func (b *Resources) Register(a huma.API) {
	const address = " /api/evaluations/{id}/concepts"
	route.JSON(a, "GET"+address, "get-concepts", "The parts that the model looks at in images of each class, found without annotation", b.get)
	route.Accepted(a, "POST"+address, "find-concepts", "Find concepts where they are not found, or go on with it", func(ctx context.Context, in *struct {
		route.EvaluationPath
		Body api.ConceptsRequest
	}) (api.ConceptsJob, error) {
		job, ok, err := b.start(ctx, in.Evaluation, in.Body)
		if errors.Is(err, concepts.ErrRefused) {
			err = route.Conflict(err)
		}
		if err != nil || !ok {
			return api.ConceptsJob{}, err
		}
		out := wire.Job(job)
		return api.ConceptsJob{Job: &out}, nil
	})
	route.JSON(a, "PUT"+address+"/{class}/{number}", "name-concept", "Give a concept a name", func(ctx context.Context, in *conceptPath) (api.ConceptName, error) {
		return in.Body, b.Store.Parts.Rename(ctx, in.Evaluation, in.Class, in.Number-1, in.Body.Name)
	})
}

// start starts the job that was asked for.
func (b *Resources) start(ctx context.Context, evaluation string, in api.ConceptsRequest) (job jobs.Job, ok bool, err error) {
	if in.Lacking {
		if in.Classes, err = b.Lacking(ctx, evaluation); err != nil || len(in.Classes) == 0 {
			return job, false, err
		}
	}
	return b.Start(ctx, evaluation, in.Classes, in.K)
}
