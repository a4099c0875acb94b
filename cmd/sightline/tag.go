package main

import (
	"context"
	"fmt"
	"os/user"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sightline/sightline/server/api"
)

func tagVerb() verb {
	return verb{name: "tag", group: groupResult,
		args: []argument{{name: "DATASET", values: datasetNames}, {name: "MODEL", values: modelNames, optional: true}, {name: "TAG", values: tagNames, optional: true}},

		summary: "Tag the images of a slice, list the tags, undo",
		about: `Gives a tag to all images that --slice selects (docs/slices.md), or with --remove
takes it from them. Tagged images are found again by --slice 'tag=TAG', by every verb
and on every page. Nothing is written to your files: a tag belongs to the image's
bytes, and no longer counts when the file changes.

With the dataset alone it lists the tags, with dataset and model also how many images
of the slice have each. --history lists what was done last, and by
whom; --undo takes the last action back, --action N one of the last 100. What was
changed again since is not undone: the message says so.

Notes, proposed labels and exclusions (sightline mark) are in the same history.
sightline rename tag DATASET/TAG NEW and sightline rm tag DATASET/TAG manage them.`,
		examples: []string{
			"sightline tag groceries my-model relabel --slice 'label=cake&correct=false'",
			"sightline tag groceries my-model relabel --slice 'confidence=-0.5' --remove",
			"sightline tag groceries my-model --slice 'correct=false'",
			"sightline tag groceries",
			"sightline tag groceries --history",
			"sightline tag groceries --undo",
		},
		define: defineTag}
}

func defineTag(flags *pflag.FlagSet) action {
	text := flags.String("slice", "", "images that meet these conditions (`TEXT`), such as 'label=cake&correct=false'; '' for all")
	remove := flags.Bool("remove", false, "take the tag from them")
	undo := flags.Bool("undo", false, "take the last action back")
	which := flags.Int64("action", 0, "with --undo: which (`N`), of those that --history lists")
	history := flags.Bool("history", false, "list what was done last")
	return func(ctx context.Context, c *call) error {
		marks := len(c.args) == 3
		switch {
		case marks && !flags.Changed("slice"):
			return usageError{"missing --slice TEXT: which images; --slice '' for all"}
		case !marks && *remove || len(c.args) == 1 && flags.Changed("slice"):
			return usageError{"missing MODEL and TAG"}
		case len(c.args) > 1 && (*undo || *history), *undo && *history, flags.Changed("action") && !*undo:
			return usageError{"tag, --undo and --history each stand alone; --action belongs to --undo"}
		}
		if err := checkSlice(*text); err != nil {
			return err
		}
		return withStored(ctx, c, func(s *session) error {
			switch {
			case marks:
				return s.tag(ctx, api.MarkRequest{Kind: "tag", Value: c.args[2], Slice: *text, Remove: *remove, Author: author()})
			case len(c.args) == 2:
				return s.countTags(ctx, *text)
			case *undo:
				return s.undo(ctx, c.args[0], *which)
			case *history:
				return s.history(ctx, c.args[0])
			}
			return s.listTags(ctx, c.args[0])
		})
	}
}

// author is who runs the program.
func author() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}

func (s *session) tag(ctx context.Context, r api.MarkRequest) error {
	return s.marked(ctx, r, func(done api.MarkAction) {
		verb, other := "tagged", "had it already"
		if r.Remove {
			verb, other = "untagged", "did not have it"
		}
		fmt.Fprintf(s.call.stdout, "%s %s: %s", r.Value, verb, plural(done.Changed, "image"))
		if rest := done.Selected - done.Changed; rest > 0 {
			fmt.Fprintf(s.call.stdout, " (%d %s)", rest, other)
		}
		fmt.Fprintln(s.call.stdout)
	})
}

func (s *session) undo(ctx context.Context, dataset string, action int64) error {
	done, err := s.Undo(ctx, dataset, action)
	if err != nil {
		return err
	}
	if s.call.json {
		return s.call.document(done)
	}
	fmt.Fprintf(s.call.stdout, "undone: action %d, %s\n", done.ID, done.Text)
	return nil
}

func (s *session) history(ctx context.Context, dataset string) error {
	list, err := s.Marked(ctx, dataset)
	if err != nil {
		return err
	}
	if s.call.json {
		return s.call.document(map[string]any{"actions": list})
	}
	t := newTable("\taction", "when", "who", "what", "slice")
	for _, a := range list {
		text := a.Text
		if a.Undone != nil {
			text += " (undone)"
		}
		of := a.Slice
		if a.Evaluation == "" {
			of = fmt.Sprintf("%s of the dataset", plural(a.Selected, "image"))
		} else if of == "" {
			of = "all of " + a.Evaluation
		}
		t.row(a.ID, a.Created.Local().Format(time.DateTime), a.Author, text, of)
	}
	t.write(s.call.stdout)
	return nil
}

func (s *session) listTags(ctx context.Context, dataset string) error {
	list, err := s.Tags(ctx, dataset)
	if err != nil {
		return err
	}
	if s.call.json {
		return s.call.document(map[string]any{"tags": list})
	}
	if len(list) == 0 {
		fmt.Fprintf(s.call.stdout, "nothing in %s is tagged: sightline tag %s MODEL TAG --slice 'correct=false'\n", dataset, dataset)
		return nil
	}
	t := newTable("tag", "\timages", "\tchanged since", "created")
	for _, tag := range list {
		t.row(tag.Name, tag.Samples, tag.Changed, tag.Created.Local().Format(time.DateTime))
	}
	t.write(s.call.stdout)
	return nil
}

// countTags lists the tags with how many samples of a slice have each.
func (s *session) countTags(ctx context.Context, text string) error {
	e, err := s.findEvaluation(ctx, s.call.args[0], s.call.args[1])
	if err != nil {
		return err
	}
	list, err := s.TagsOf(ctx, e.ID, text)
	if err != nil {
		return err
	}
	if s.call.json {
		return s.call.document(map[string]any{"tags": list})
	}
	t := newTable("tag", "\tin the slice", "\tin the dataset")
	for _, tag := range list {
		t.row(tag.Name, tag.InSlice, tag.Samples)
	}
	t.write(s.call.stdout)
	return nil
}

// tagNames are those of the dataset before, if the workspace's server runs.
func tagNames(c *call, args []string, _ string) (list []cobra.Completion, _ cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if s, _, ok := c.ask(ctx); ok {
		tags, _ := s.Tags(ctx, args[0])
		for _, t := range tags {
			list = append(list, t.Name)
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}
