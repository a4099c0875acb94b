package explain

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sightline/sightline/task"
)

// Auto is the name under which the choice of a method is left to Sightline.
const Auto = "auto"

// Choice is the method that auto means for an evaluation's model.
type Choice struct {
	Rule   int    `json:"rule"` // version of the rule that chose; see methods.AutoRule
	Method string `json:"method"`
	Reason string `json:"reason"`
}

// choiceFact is the name under which the workspace keeps it. A choice that is kept is not made
// again by a newer rule: all maps of an evaluation that were left to Sightline are alike.
const choiceFact = "auto"

// Choice returns what auto means for an evaluation's model: what is kept, or else what a worker
// finds now in the model's graph.
func (p Service) Choice(ctx context.Context, evaluation string) (*Choice, error) {
	found, err := ofModel[Choice](ctx, p, evaluation, choiceFact, CallChoose)
	if err != nil {
		return nil, fmt.Errorf("choose a method for the model of %s: %w", evaluation, err)
	}
	return found, nil
}

// ofModel returns a fact of an evaluation's model: the kept one, or else a worker's answer to a call.
func ofModel[T any](ctx context.Context, p Service, evaluation, name, call string) (*T, error) {
	known, err := p.Store.Results.Facts(ctx, evaluation, name)
	if err != nil {
		return nil, err
	}
	found := new(T)
	for _, k := range known {
		if k.Name == name {
			return found, json.Unmarshal(k.Content, found)
		}
	}
	ev, err := p.Store.Results.Evaluation(ctx, evaluation)
	if err != nil {
		return nil, err
	}
	answer, err := p.Jobs.CallOne(ctx, call, task.JSON(ModelRequest{Spec: ev.Spec}))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(answer, found); err != nil {
		return nil, fmt.Errorf("read the worker's answer: %w", err)
	}
	return found, p.Store.Results.PutFact(ctx, evaluation, name, answer)
}

// Resolve is MapOptions.Normal, and puts the chosen method in the place of auto: so a map lies
// under one key, however it was asked for.
func (p Service) Resolve(ctx context.Context, evaluation string, o MapOptions) (MapOptions, error) {
	n, err := o.Normal()
	if n.Reason = o.Reason; err != nil || n.Method != Auto {
		return n, err
	}
	choice, err := p.Choice(ctx, evaluation)
	if err != nil {
		return n, err
	}
	n.Method, n.Reason = choice.Method, choice.Reason
	return n, nil
}

// ResolveAll resolves the requests for maps of an evaluation; those that come to the same map
// become one.
func (p Service) ResolveAll(ctx context.Context, evaluation string, requests []MapOptions) ([]MapOptions, error) {
	var list []MapOptions
	for _, o := range requests {
		o, err := p.Resolve(ctx, evaluation, o)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(list, func(l MapOptions) bool { return l.Key() == o.Key() }) {
			list = append(list, o)
		}
	}
	return list, nil
}
