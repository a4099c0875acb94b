package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/export"
)

func exportVerb() verb {
	return verb{name: "export", group: groupResult, args: []argument{{name: "DATASET", values: datasetNames}, {name: "MODEL", values: modelNames}},
		needs:   "--format FORMAT --out DIR",
		summary: "Write the images of a slice, or a table of them, for other tools",
		about: `Writes the samples that --slice selects (docs/slices.md), such as those of a tag,
into a new folder. Formats:

` + exportTable() + `
Images are copied; yours stay as they are. A folder that is there and not empty is
refused, and one that is not finished does not appear: it is written beside and
renamed. Class names become names that every system can hold; classes.json says
which is which.

Texts that a spreadsheet would take for a formula (beginning with = + - @) have an
apostrophe in front in CSV files; --raw leaves them. --scores adds the score of every
class to tables. docs/export.md tells what each format carries and what is lost.`,
		examples: []string{
			"sightline export groceries my-model --slice 'correct=false' --format csv --out mistakes",
			"sightline export groceries my-model --slice 'tag=relabel' --format labelstudio --out relabel",
			"sightline export groceries my-model --format coco --out all",
		},
		define: defineExport}
}

func exportTable() string {
	var b strings.Builder
	for _, f := range export.Formats() {
		fmt.Fprintf(&b, "  %-14s %s\n", f.Name, f.Title)
	}
	return b.String()
}

func defineExport(flags *pflag.FlagSet) action {
	text := flags.String("slice", "", "images that meet these conditions (`TEXT`), such as 'tag=relabel'; all unless given")
	format := flags.String("format", "", "`FORMAT` of the list above")
	out := flags.String("out", "", "folder to write (`DIR`)")
	raw := flags.Bool("raw", false, "cells of CSV files as they are")
	scores := flags.Bool("scores", false, "tables with the score of every class")
	return func(ctx context.Context, c *call) error {
		if err := checkSlice(*text); err != nil {
			return err
		}
		if *out == "" {
			return usageError{"missing --out DIR: the folder to write"}
		}
		if _, ok := export.Find(*format); !ok {
			return usageError{fmt.Sprintf("--format %q: must be one of %s", *format, export.Names())}
		}
		return withStored(ctx, c, func(s *session) error {
			return s.export(ctx, client.ExportQuery{Slice: *text, Format: *format, Raw: *raw, Scores: *scores}, *out)
		})
	}
}

// export writes the folder beside its place, and renames it when it is whole.
func (s *session) export(ctx context.Context, q client.ExportQuery, dir string) error {
	if err := vacant(dir); err != nil {
		return err
	}
	e, err := s.findEvaluation(ctx, s.call.args[0], s.call.args[1])
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(dir)), 0o755); err != nil {
		return fmt.Errorf("making the folder above %s: %w", dir, err)
	}
	beside, err := os.MkdirTemp(filepath.Dir(filepath.Clean(dir)), ".sightline-export-")
	if err != nil {
		return fmt.Errorf("writing beside %s: %w", dir, err)
	}
	defer os.RemoveAll(beside) // of what was renamed nothing is left
	files, told := 0, time.Now()
	done, err := s.Export(ctx, e.ID, q, func(name string, content io.Reader) error {
		if files++; time.Since(told) > time.Second {
			told = time.Now()
			fmt.Fprintf(s.call.stderr, "%d files written\n", files)
		}
		return writeUnder(beside, name, content)
	})
	if err != nil {
		return fmt.Errorf("exporting to %s: %w; nothing was written", dir, err)
	}
	if err := settle(beside, dir); err != nil {
		return err
	}
	if s.call.json {
		return s.call.document(map[string]any{"evaluation": e.ID, "slice": q.Slice, "format": q.Format, "folder": dir, "samples": done.Samples, "left_out": done.LeftOut, "files": files})
	}
	fmt.Fprintf(s.call.stdout, "%s in %s (%s, %s)\n", plural(done.Samples, "image"), dir, q.Format, plural(files, "file"))
	if f, _ := export.Find(q.Format); f.Note != "" {
		fmt.Fprintln(s.call.stdout, f.Note)
	}
	if done.LeftOut > 0 {
		fmt.Fprintf(s.call.stdout, "%s left out: their files are gone\n", plural(done.LeftOut, "image"))
	}
	return nil
}

// vacant refuses a place where there is something.
func vacant(dir string) error {
	list, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("--out %s: %w; name a folder that is empty or not there", dir, err)
	case len(list) > 0:
		return fmt.Errorf("--out %s: the folder is not empty; name another, or empty it", dir)
	}
	return nil
}

// writeUnder writes a file in a folder, with the folders above it.
func writeUnder(dir, name string, content io.Reader) error {
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	to, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, content)
	return errors.Join(err, to.Close())
}

// settle puts a finished folder in its place, where at most an empty one is.
func settle(beside, dir string) error {
	if err := os.Chmod(beside, 0o755); err != nil {
		return err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("--out %s: %w; nothing was written", dir, err)
	}
	if err := os.Rename(beside, dir); err != nil {
		return fmt.Errorf("--out %s: %w; nothing was written", dir, err)
	}
	return nil
}
