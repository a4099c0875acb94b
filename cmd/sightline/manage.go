package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/sightline/sightline/server/api"
)

// The kinds of things that can be renamed and removed.
const (
	kindDataset    = "dataset"
	kindModel      = "model"
	kindEvaluation = "evaluation"
	kindTag        = "tag"
	kindSlice      = "slice"
)

func listVerb() verb {
	return verb{name: "list", group: groupData, summary: "List the datasets, models and evaluations of the workspace",
		examples: []string{"sightline list"}, define: func(*pflag.FlagSet) action {
			return func(ctx context.Context, c *call) error {
				return withStored(ctx, c, func(s *session) error { return listAll(ctx, s) })
			}
		}}
}

func listAll(ctx context.Context, s *session) error {
	datasets, err := s.Datasets(ctx)
	if err != nil {
		return err
	}
	models, err := s.Models(ctx)
	if err != nil {
		return err
	}
	evaluations, err := s.Evaluations(ctx)
	if err != nil {
		return err
	}
	c := s.call
	if c.json {
		return c.document(map[string]any{"datasets": datasets, "models": models, "evaluations": evaluations})
	}
	t := newTable("dataset", "\tsamples", "\tlabels", "folder")
	for _, d := range datasets {
		t.row(d.Name, d.Samples, len(d.Labels), d.Root)
	}
	t.write(c.stdout)
	fmt.Fprintln(c.stdout)
	t = newTable("model", "\tclasses", "input", "file")
	for _, m := range models {
		t.row(m.Name, m.Output.Classes, inputSize(m), m.Path)
	}
	t.write(c.stdout)
	fmt.Fprintln(c.stdout)
	t = newTable("evaluation", "state", "\tsamples", "\taccuracy", "created")
	for _, e := range evaluations {
		samples, accuracy := listed(e)
		t.row(e.ID, e.State, samples, accuracy, e.Created.Local().Format(time.DateTime))
	}
	t.write(c.stdout)
	return nil
}

// listed says of how many samples an evaluation has figures, and how many are right:
// what did not come to its end does not pass as a whole.
func listed(e api.EvaluationSummary) (samples, accuracy string) {
	samples, accuracy = fmt.Sprint(e.Samples), "–"
	if e.State != api.JobDone && e.Predicted < e.Samples {
		samples = fmt.Sprintf("%d of %d", e.Predicted, e.Samples)
	}
	if e.Evaluated > 0 {
		accuracy = percent(e.Accuracy)
	}
	return samples, accuracy
}

func rmVerb() verb {
	return verb{name: "rm", group: groupData, args: []argument{{name: "KIND", is: "dataset, model, evaluation, tag or slice", values: kinds(kindDataset, kindModel, kindEvaluation, kindTag, kindSlice)}, {name: "NAME", values: namesOfKind}},
		summary: "Remove a dataset, model, evaluation, tag or saved slice",
		about: `With a dataset or a model go its evaluations, with an evaluation its scores,
maps, trust and trials: what they took on the disk is free again. Images and model
files stay where they are. It asks first; --yes answers. What a running job works on
is not removed. A tag is called DATASET/TAG; sightline tag DATASET --undo brings it back.
A saved slice is called DATASET/NAME; its images keep what is known of them.`,
		examples: []string{"sightline rm evaluation groceries~my-model --yes", "sightline rm model my-model --yes", "sightline rm dataset groceries --yes", "sightline rm tag groceries/relabel", "sightline rm slice groceries/sure-mistakes"},
		define:   defineRm}
}

func defineRm(flags *pflag.FlagSet) action {
	yes := flags.Bool("yes", false, "do not ask")
	return func(ctx context.Context, c *call) error {
		return withStored(ctx, c, func(s *session) error { return s.remove(ctx, c.args[0], c.args[1], *yes) })
	}
}

// remove removes a thing after asking.
func (s *session) remove(ctx context.Context, kind, name string, yes bool) error {
	switch kind {
	case kindTag:
		return s.removeTag(ctx, name)
	case kindSlice:
		return s.removeSlice(ctx, name)
	}
	do, ok := map[string]func(context.Context, string) (api.Removed, error){
		kindDataset: s.RemoveDataset, kindModel: s.RemoveModel, kindEvaluation: s.RemoveEvaluation,
	}[kind]
	if !ok {
		return usageError{fmt.Sprintf("%q is no kind of thing: say dataset, model, evaluation, tag or slice", kind)}
	}
	if !yes {
		if err := s.confirm(ctx, kind, name); err != nil {
			return err
		}
	}
	removed, err := do(ctx, name)
	if err != nil {
		return err
	}
	if s.call.json {
		return s.call.document(removed)
	}
	fmt.Fprintf(s.call.stdout, "removed the %s %s", kind, name)
	if n := len(removed.Evaluations); n > 0 && kind != kindEvaluation {
		fmt.Fprintf(s.call.stdout, " and %s", plural(n, "evaluation"))
	}
	fmt.Fprintln(s.call.stdout)
	return nil
}

// confirm asks at the terminal whether to remove a thing with the evaluations made of it.
func (s *session) confirm(ctx context.Context, kind, name string) error {
	goes, err := s.removal(ctx, kind, name)
	if err != nil {
		return err
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) || s.call.json {
		return usageError{fmt.Sprintf("removing the %s %s cannot be undone, and there is no terminal to ask at: give --yes", kind, name)}
	}
	fmt.Fprintf(s.call.stderr, "Remove the %s %s%s? It cannot be undone. [y/N] ", kind, name, goesWith(kind, goes))
	answer, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	if word := strings.ToLower(strings.TrimSpace(answer)); word != "y" && word != "yes" {
		return errors.New("nothing was removed")
	}
	return nil
}

func (s *session) removal(ctx context.Context, kind, name string) (api.Removal, error) {
	switch kind {
	case kindDataset:
		return s.DatasetRemoval(ctx, name)
	case kindModel:
		return s.ModelRemoval(ctx, name)
	}
	return s.EvaluationRemoval(ctx, name)
}

// goesWith says in words what goes with a thing, nothing if nothing does.
func goesWith(kind string, r api.Removal) string {
	var parts []string
	for _, part := range []struct {
		n    int
		noun string
	}{{r.Samples, "sample"}, {r.Predictions, "prediction"}, {r.Maps, "map"}, {r.Trials, "trial"}, {r.Marks, "tag"}} {
		if part.n > 0 {
			parts = append(parts, plural(part.n, part.noun))
		}
	}
	if n := len(r.Evaluations); n > 0 && kind != kindEvaluation {
		parts = append(parts, fmt.Sprintf("%s (%s)", plural(n, "evaluation"), strings.Join(r.Evaluations, ", ")))
	}
	if len(parts) == 0 {
		return ""
	}
	return fmt.Sprintf(" with %s; %.1f MB are free then", strings.Join(parts, ", "), float64(r.Bytes)/1e6)
}

func renameVerb() verb {
	return verb{name: "rename", group: groupData, args: []argument{{name: "KIND", is: "dataset, model, tag or slice", values: kinds(kindDataset, kindModel, kindTag, kindSlice)}, {name: "NAME", values: namesOfKind}, {name: "NEW", is: "the new name", values: noNames}},
		summary: "Give a dataset, model, tag or saved slice another name",
		about: `An evaluation is called DATASET~MODEL, so its name follows, and so do
addresses of its pages. A tag is called DATASET/TAG, its new name is TAG alone; a
saved slice is called DATASET/NAME likewise.`,
		examples: []string{"sightline rename dataset groceries food", "sightline rename model my-model first", "sightline rename tag groceries/relabel redo", "sightline rename slice groceries/sure-mistakes sure"},
		define:   func(*pflag.FlagSet) action { return renameThing }}
}

func renameThing(ctx context.Context, c *call) error {
	return withStored(ctx, c, func(s *session) (err error) {
		kind, name, to := c.args[0], c.args[1], c.args[2]
		var renamed any
		switch kind {
		case kindDataset:
			renamed, err = s.RenameDataset(ctx, name, to)
		case kindModel:
			renamed, err = s.RenameModel(ctx, name, to)
		case kindTag:
			renamed, err = s.renameTag(ctx, name, to)
		case kindSlice:
			renamed, err = s.renameSlice(ctx, name, to)
		case kindEvaluation:
			return usageError{"an evaluation is called DATASET~MODEL: rename one of the two"}
		default:
			return usageError{fmt.Sprintf("%q is no kind of thing with a name: say dataset, model, tag or slice", kind)}
		}
		if err != nil {
			return err
		}
		if c.json {
			return c.document(renamed)
		}
		fmt.Fprintf(c.stdout, "the %s %s is now called %s\n", kind, name, to)
		return nil
	})
}

func kinds(list ...string) values {
	return func(*call, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return list, cobra.ShellCompDirectiveNoFileComp
	}
}

func noNames(*call, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// namesOfKind completes the name of a thing by the kind before it.
func namesOfKind(c *call, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	offer := map[string]values{kindDataset: datasetNames, kindModel: modelNames, kindEvaluation: evaluationNames, kindSlice: slicesOfAll}[args[0]]
	if offer == nil {
		return noNames(c, args, word)
	}
	return offer(c, args, word)
}
