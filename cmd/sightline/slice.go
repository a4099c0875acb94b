package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sightline/sightline/server/api"
)

func sliceVerb() verb {
	return verb{name: "slice", group: groupResult,
		args: []argument{{name: "DATASET", values: datasetNames}, {name: "MODEL", values: modelNames, optional: true}, {name: "NAME", values: sliceNames, optional: true}},

		summary: "Save a slice under a name, list what is saved",
		about: `Gives a name to what --slice selects (docs/slices.md). From then on 'saved=NAME'
selects it, for every verb that has --slice and on every page, alone or with other
conditions. It is evaluated whenever it is asked for, with every model of the dataset;
with --fixed it has the images that are in it now, whatever is tagged or made later.

With the dataset alone it lists what is saved, with dataset and model also how many
images each selects now. One that cannot be evaluated, because a tag, a column or an
evaluation is gone, says so. --replace takes the place of what has the name.
sightline rename slice DATASET/NAME NEW and sightline rm slice DATASET/NAME manage them.`,
		examples: []string{
			"sightline slice groceries my-model sure-mistakes --slice 'correct=false&confidence=0.7-'",
			"sightline slice groceries my-model audit-1 --slice 'label=cake' --fixed",
			"sightline slice groceries my-model",
			"sightline slice groceries",
			"sightline evaluate groceries my-model --slice 'saved=sure-mistakes&label=cake'",
		},
		define: defineSlice}
}

func defineSlice(flags *pflag.FlagSet) action {
	text := flags.String("slice", "", "what the name is for: images that meet these conditions (`TEXT`), such as 'label=cake&correct=false'")
	fixed := flags.Bool("fixed", false, "keep the images that are in it now")
	replace := flags.Bool("replace", false, "take the place of what is saved under the name")
	return func(ctx context.Context, c *call) error {
		saves := len(c.args) == 3
		switch {
		case saves && *text == "" && !(*fixed && flags.Changed("slice")):
			return usageError{"missing --slice TEXT: what to save"}
		case !saves && (flags.Changed("slice") || *replace || *fixed):
			return usageError{"missing MODEL and NAME"}
		}
		if err := checkSlice(*text); err != nil {
			return err
		}
		return withStored(ctx, c, func(s *session) error {
			if saves {
				return s.saveSlice(ctx, api.SaveSliceRequest{Name: c.args[2], Slice: *text, Fixed: *fixed, Replace: *replace, Author: author()})
			}
			return s.listSlices(ctx)
		})
	}
}

func (s *session) saveSlice(ctx context.Context, r api.SaveSliceRequest) error {
	e, err := s.findEvaluation(ctx, s.call.args[0], s.call.args[1])
	if err != nil {
		return err
	}
	saved, err := s.SaveSlice(ctx, e.ID, r)
	if err != nil {
		return err
	}
	if s.call.json {
		return s.call.document(saved)
	}
	fmt.Fprintf(s.call.stdout, "saved %s: %s; --slice '%s' selects it\n", saved.Name, saved.Sentence, saved.Text)
	if saved.Samples != nil {
		fmt.Fprintf(s.call.stdout, "%s of %s now\n", plural(*saved.Samples, "image"), e.ID)
	}
	return nil
}

// listSlices lists those of a dataset; with a model, how many images each selects.
func (s *session) listSlices(ctx context.Context) error {
	list, err := s.slicesNamed(ctx)
	if err != nil {
		return err
	}
	if s.call.json {
		return s.call.document(map[string]any{"slices": list})
	}
	if len(list) == 0 {
		fmt.Fprintf(s.call.stdout, "no slice of %[1]s is saved: sightline slice %[1]s MODEL NAME --slice 'correct=false'\n", s.call.args[0])
		return nil
	}
	t := newTable("slice", "kind", "\timages", "what", "saved")
	for _, one := range list {
		images := "–"
		if one.Kind == "fixed" {
			images = fmt.Sprint(one.Fixed - one.Changed)
		}
		if one.Samples != nil {
			images = fmt.Sprint(*one.Samples)
		}
		t.row(one.Name, one.Kind, images, one.Slice, one.Created.Local().Format(time.DateTime))
	}
	t.write(s.call.stdout)
	for _, one := range list {
		if one.Changed > 0 {
			fmt.Fprintf(s.call.stdout, "%s: the file of %s changed since or is gone, they count no longer\n", one.Name, plural(one.Changed, "image"))
		}
		if one.Problem != "" {
			fmt.Fprintf(s.call.stdout, "%s cannot be counted: %s\n", one.Name, one.Problem)
		}
	}
	return nil
}

func (s *session) slicesNamed(ctx context.Context) ([]api.SavedSlice, error) {
	if len(s.call.args) < 2 {
		return s.Slices(ctx, s.call.args[0])
	}
	e, err := s.findEvaluation(ctx, s.call.args[0], s.call.args[1])
	if err != nil {
		return nil, err
	}
	return s.SlicesOf(ctx, e.ID)
}

// sliceNames are those saved of the dataset before, if the workspace's server runs.
func sliceNames(c *call, args []string, _ string) (list []cobra.Completion, _ cobra.ShellCompDirective) {
	for _, one := range c.savedSlices(args) {
		list = append(list, cobra.CompletionWithDesc(one.Name, one.Sentence))
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// savedSlices are those of the dataset among the arguments, none where no server can tell.
func (c *call) savedSlices(args []string) []api.SavedSlice {
	if len(args) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s, _, ok := c.ask(ctx)
	if !ok {
		return nil
	}
	list, _ := s.Slices(ctx, args[0])
	return list
}
