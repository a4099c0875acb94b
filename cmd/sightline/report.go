package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/client"
)

func reportVerb() verb {
	return verb{name: "report", group: groupResult, needs: "--out FILE", args: []argument{{name: "DATASET", values: datasetNames}, {name: "MODEL", values: modelNames}},
		summary: "Write one file that tells all of an evaluation, for others",
		about: `Writes figures, findings, matrix, curves, the worst cells with images and maps,
regions, and, with --vs, what changed since another evaluation. FILE.html is a page
that opens from the disk, without network, and can be printed; FILE.md is a text
for a pull request. Nothing is made for it: where maps or findings are not there, the
report says what to run. It has thumbnails of images, and no place on this machine
unless --paths is given.

The samples are those of the headline (test, if there is that split), or of --slice;
--slice '' is all. docs/report.md tells what stands in it.`,
		examples: []string{
			"sightline report people my-model --out report.html",
			"sightline report people my-model --vs people~better --slice confidence=0.2- --out report.md",
		},
		define: defineReport}
}

func defineReport(flags *pflag.FlagSet) action {
	var q client.ReportQuery
	flags.StringVar(&q.Before, "vs", "", "compare with an `EVALUATION`, DATASET~MODEL")
	flags.StringVar(&q.Slice, "slice", "", "samples that meet these conditions (`TEXT`), such as 'split=test'")
	flags.StringVar(&q.Format, "format", "", "html or markdown (`FORMAT`); default: by the name of the file")
	flags.IntVar(&q.Images, "images", 4, "show at most `N` images of each cell and finding (1 to 50)")
	flags.IntVar(&q.Size, "size", 10, "leave images out that would make the file larger than `MB` megabytes (1 to 200)")
	flags.BoolVar(&q.Paths, "paths", false, "tell where dataset and model lie on this machine")
	out := flags.String("out", "", "write the report to `FILE`")
	return func(ctx context.Context, c *call) error {
		if err := checkReport(&q, *out); err != nil {
			return err
		}
		q.All = flags.Changed("slice")
		return withStored(ctx, c, func(s *session) error {
			e, err := s.findEvaluation(ctx, c.args[0], c.args[1])
			if err != nil {
				return err
			}
			err = writeFile(*out, func(f *os.File) error { return s.Report(ctx, e.ID, q, f) })
			if err != nil {
				return fmt.Errorf("writing the report to %s: %w", *out, err)
			}
			return told(c, *out)
		})
	}
}

// checkReport refuses mistakes before anything is asked, and finds the format.
func checkReport(q *client.ReportQuery, out string) error {
	switch formats := []string{"html", "markdown"}; {
	case out == "":
		return usageError{"missing --out FILE, such as report.html"}
	case q.Format == "" && strings.EqualFold(filepath.Ext(out), ".md"):
		q.Format = "markdown"
	case q.Format == "" && slices.Contains([]string{".html", ".htm", ""}, strings.ToLower(filepath.Ext(out))):
		q.Format = "html"
	case q.Format == "":
		return usageError{fmt.Sprintf("--out %s: a report is .html or .md; name another file, or say --format html", out)}
	case !slices.Contains(formats, q.Format):
		return usageError{fmt.Sprintf("--format %s: must be one of %s", q.Format, strings.Join(formats, ", "))}
	}
	switch {
	case q.Images < 1 || q.Images > 50:
		return usageError{fmt.Sprintf("--images %d: must be 1 to 50", q.Images)}
	case q.Size < 1 || q.Size > 200:
		return usageError{fmt.Sprintf("--size %d: must be 1 to 200 megabytes", q.Size)}
	}
	return checkSlice(q.Slice)
}

// told says how large a file became.
func told(c *call, file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if c.json {
		return c.document(map[string]any{"file": file, "bytes": info.Size()})
	}
	fmt.Fprintf(c.stdout, "%s: %.1f MB\n", file, float64(info.Size())/1e6)
	return nil
}
