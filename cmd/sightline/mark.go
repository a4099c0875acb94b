package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/server/api"
)

func markVerb() verb {
	return verb{name: "mark", group: groupResult, args: []argument{{name: "DATASET", values: datasetNames}, {name: "MODEL", values: modelNames}},
		needs:   "--slice TEXT or --from FILE",
		summary: "Note, propose another label for, or exclude the images of a slice",
		about: `Says something of all images that --slice selects: --note TEXT, --propose LABEL,
another label for them, or --exclude, that they should not count. A sample has one
of each: another takes its place. --clear KIND takes notes, proposed labels (label)
or exclusions (exclude) away.

--from FILE takes what others marked: CSV or JSON lines with path or hash, and tags, note,
proposed_label, excluded or a label that is not the dataset's, such as export writes them
and a table or another tool changed. A row with the hash of several images is listed, not guessed.

Your files and the labels of the dataset stay as they are, and so do all figures:
those without what is excluded are given by --slice 'without=excluded', those with
proposed labels by 'labels=proposed', for every verb. --slice 'marked=note', marked=proposed and marked=excluded find such images.
sightline tag DATASET --history lists what was done, --undo takes it back.`,
		examples: []string{
			"sightline mark groceries my-model --slice 'label=cake&predicted=chocolate' --propose chocolate",
			"sightline mark groceries my-model --slice 'confidence=-0.4' --exclude",
			"sightline mark groceries my-model --slice 'marked=proposed' --note 'ask Ann'",
			"sightline mark groceries my-model --slice 'marked=note' --clear note",
			"sightline mark groceries my-model --from proposed/samples.jsonl",
			"sightline evaluate groceries my-model --slice 'without=excluded&labels=proposed'",
		},
		define: defineMark}
}

func defineMark(flags *pflag.FlagSet) action {
	text := flags.String("slice", "", "images that meet these conditions (`TEXT`), such as 'label=cake&correct=false'; '' for all")
	note := flags.String("note", "", "note a `TEXT` at them")
	label := flags.String("propose", "", "propose another `LABEL` for them")
	exclude := flags.Bool("exclude", false, "they should not count")
	from := flags.String("from", "", "take marks from a `FILE`: CSV or JSON lines with path or hash")
	clear := flags.String("clear", "", "take away what was marked: `KIND` note, label or exclude")
	return func(ctx context.Context, c *call) error {
		if *from != "" {
			return c.markFrom(ctx, flags, *from)
		}
		r := api.MarkRequest{Slice: *text, Author: author()}
		given := 0
		for _, m := range []struct {
			flag, kind, value string
			remove            bool
		}{{"note", "note", *note, false}, {"propose", "label", *label, false}, {"exclude", "exclude", "", false}, {"clear", *clear, "", true}} {
			if flags.Changed(m.flag) && (m.flag != "exclude" || *exclude) {
				given++
				r.Kind, r.Value, r.Remove = m.kind, m.value, m.remove
			}
		}
		if given != 1 {
			return usageError{"say one of --note TEXT, --propose LABEL, --exclude and --clear KIND"}
		}
		if r.Remove && r.Kind != "note" && r.Kind != "label" && r.Kind != "exclude" {
			return usageError{fmt.Sprintf("--clear %s: must be note, label or exclude", r.Kind)}
		}
		if !flags.Changed("slice") {
			return usageError{"missing --slice TEXT: which images; --slice '' for all"}
		}
		if err := checkSlice(*text); err != nil {
			return err
		}
		return withStored(ctx, c, func(s *session) error { return s.mark(ctx, r) })
	}
}

// markFrom takes marks from a file, beside which no other is given.
func (c *call) markFrom(ctx context.Context, flags *pflag.FlagSet, path string) error {
	for _, other := range []string{"slice", "note", "propose", "exclude", "clear"} {
		if flags.Changed(other) {
			return usageError{"--from and --" + other + " exclude each other: the file says which images and what"}
		}
	}
	list, err := readMarks(path)
	if err != nil {
		return err
	}
	return withStored(ctx, c, func(s *session) error { return s.markFrom(ctx, list) })
}

func (s *session) mark(ctx context.Context, r api.MarkRequest) error {
	return s.marked(ctx, r, s.sayMarked)
}

// marked has a slice of the evaluation that the arguments name marked, and says what that changed.
func (s *session) marked(ctx context.Context, r api.MarkRequest, say func(api.MarkAction)) error {
	e, err := s.findEvaluation(ctx, s.call.args[0], s.call.args[1])
	if err != nil {
		return err
	}
	done, err := s.Mark(ctx, e.ID, r)
	if err != nil {
		return err
	}
	if done.Selected == 0 && r.Kind == "tag" && !r.Remove {
		return fmt.Errorf("no image of %s meets --slice '%s': nothing was changed. `sightline mistakes` and the pages show what a slice holds", e.ID, r.Slice)
	}
	if s.call.json {
		return s.call.document(done)
	}
	say(done)
	return nil
}

func (s *session) sayMarked(done api.MarkAction) {
	fmt.Fprintf(s.call.stdout, "%s: %s", done.Text, plural(done.Selected, "image"))
	if rest := done.Selected - done.Changed; rest > 0 {
		fmt.Fprintf(s.call.stdout, ", of which %d were so already", rest)
	}
	fmt.Fprintln(s.call.stdout)
}
