package work

import (
	"context"

	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/task"
	"github.com/sightline/sightline/tasks/explain"
	"github.com/sightline/sightline/worker"
)

// choose answers with the method that auto means for a model.
func (w half) choose(ctx context.Context, payload []byte, reply func([]byte) error) error {
	_, s, release, err := worker.Opened[explain.ModelRequest](ctx, w.Worker, payload)
	if err != nil {
		return err
	}
	defer release()
	method, reason, err := methods.Choose(ctx, s)
	if err != nil {
		return worker.Told(err)
	}
	return reply(task.JSON(explain.Choice{Rule: methods.AutoRule, Method: method.Name(), Reason: reason}))
}

// unfit answers with the methods that cannot work on a model, and why.
func (w half) unfit(ctx context.Context, payload []byte, reply func([]byte) error) error {
	_, s, release, err := worker.Opened[explain.ModelRequest](ctx, w.Worker, payload)
	if err != nil {
		return err
	}
	defer release()
	found, err := methods.Unfit(ctx, s)
	if err != nil {
		return worker.Told(err)
	}
	return reply(task.JSON(found))
}
