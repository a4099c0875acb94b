package explain

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/sightline/sightline/attribution/methods"
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

// unfitFact is the name under which the workspace keeps which methods do not fit: of this
// version of the methods. Raise it where one begins to fit models that it did not.
const unfitFact = "unfit methods 1"

// Unfit tells which methods cannot work on an evaluation's model with their default options,
// and why, by name: what is kept, or else what a worker finds now.
func (p Service) Unfit(ctx context.Context, evaluation string) (map[string]string, error) {
	found, err := ofModel[map[string]string](ctx, p, evaluation, unfitFact, CallUnfit)
	if err != nil {
		return nil, fmt.Errorf("see which methods fit the model of %s: %w", evaluation, err)
	}
	return *found, nil
}

// UnfitError says which of the methods that were asked for cannot work.
type UnfitError struct{ Methods, Reasons []string }

func (e *UnfitError) Error() string {
	var parts []string
	for i, method := range e.Methods {
		parts = append(parts, fmt.Sprintf("%s does not fit this model: %s", method, e.Reasons[i]))
	}
	return strings.Join(parts, "; ")
}

// asks reports whether the model has to be asked if a map can be made. Methods with options of
// their own are let through: another layer or rule may fit. So is one that has made a map of
// the model before, since asking takes as long as opening it.
func (p Service) asks(ctx context.Context, evaluation string, o MapOptions) (bool, error) {
	m, err := methods.All().Lookup(o.Method)
	if err != nil || m.Card().Family == "perturbation" || len(o.Options) > 0 || o.Reason != "" {
		return false, nil
	}
	made, err := p.Store.Maps.Any(ctx, evaluation, o.Key())
	return !made, err
}

// refuseUnfit is an *UnfitError where maps are asked for that cannot be made.
func (p Service) refuseUnfit(ctx context.Context, evaluation string, maps []MapOptions) error {
	var asked []MapOptions
	for _, o := range maps {
		asks, err := p.asks(ctx, evaluation, o)
		if err != nil {
			return err
		}
		if asks {
			asked = append(asked, o)
		}
	}
	if len(asked) == 0 {
		return nil
	}
	unfit, err := p.Unfit(ctx, evaluation)
	if err != nil {
		return err
	}
	refused := &UnfitError{}
	for _, o := range asked {
		if reason, ok := unfit[o.Method]; ok && !slices.Contains(refused.Methods, o.Method) {
			refused.Methods, refused.Reasons = append(refused.Methods, o.Method), append(refused.Reasons, reason)
		}
	}
	if len(refused.Methods) == 0 {
		return nil
	}
	return refused
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

// ResolveStored is ResolveAll for those who only read what is stored. Where nothing was chosen
// yet and nothing can be, because the model's file is gone, auto stays: no map lies under it.
func (p Service) ResolveStored(ctx context.Context, evaluation string, requests []MapOptions) ([]MapOptions, error) {
	if resolved, err := p.ResolveAll(ctx, evaluation, requests); err == nil || ctx.Err() != nil {
		return resolved, err
	}
	var list []MapOptions
	for _, o := range requests {
		n, err := o.Normal()
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
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
