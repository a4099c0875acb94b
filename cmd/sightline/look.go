package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

func lookVerb() verb {
	return verb{name: "look", group: groupResult, args: []argument{{name: "DATASET", values: datasetNames}, {name: "MODEL", values: modelNames}},
		summary: "Tell what each class looks at: shares of regions, with intervals",
		about: `Sums up the stored maps of one method and target: for every class the mean share
of positive attribution on each region, with an interval of 95 %. Regions are
the dataset's, such as head and uniform, else border and center. A map without
opinion has a share equal to the region's area. Red maps are left out. The images
are those of the headline: the test split, else val, else all but train's. --slice
TEXT takes others, --slice '' all.

--by label (the default) has a row per label, predicted one per predicted class,
cell one per pair of both. Maps come from sightline explain, or are made by
--make for those of these images that have none. --csv FILE writes the table, --mean FILE
what the maps have in common: mean, median and spread on a grid, as CSV.`,
		examples: []string{
			"sightline look people my-model",
			"sightline look people my-model --make --method occlusion --by cell --csv look.csv",
			"sightline look people my-model --method occlusion --mean mean.csv",
		},
		define: defineLook}
}

func defineLook(flags *pflag.FlagSet) action {
	text := flags.String("slice", "", "images that meet these conditions (`TEXT`), such as 'split=train'; without it those of the headline")
	method := flags.String("method", defaultMethod, "how the maps are made (`METHOD`)")
	target := flags.String("target", "predicted", "what they explain (`TARGET`): predicted, true, contrast, or a class by name")
	by := flags.String("by", "label", "label, predicted or cell: what the images of a `ROW` have in common")
	file := flags.String("csv", "", "write the table to `FILE`")
	mean := flags.String("mean", "", "write the mean map to `FILE`")
	build := flags.Bool("make", false, "make the maps that are not there")
	return func(ctx context.Context, c *call) error {
		if err := checkSlice(*text); err != nil {
			return err
		}
		if !slices.Contains([]string{"label", "predicted", "cell"}, *by) {
			return usageError{fmt.Sprintf("--by %s: must be label, predicted or cell", *by)}
		}
		return withEvaluation(ctx, c, func(s *session, e api.Evaluation) error {
			targets, err := chooseTargets(e, []string{*target})
			if err != nil {
				return err
			}
			q := client.ShareQuery{Slice: sliceOrHeadline(flags, e), Methods: []string{*method}, Targets: targets, Trust: true}
			found, err := s.look(ctx, e, *by, q, *build)
			if err != nil {
				return err
			}
			if err := s.writeMean(ctx, c, e.ID, q, *mean); err != nil {
				return err
			}
			hiding, err := s.HidingAgreements(ctx, e.ID)
			if err != nil {
				return err
			}
			return writeLook(c, e, q.Slice, found, hiding, *file)
		})
	}
}

// look asks for the table; missing maps are made if asked for, missing shares found.
func (s *session) look(ctx context.Context, e api.Evaluation, by string, q client.ShareQuery, build bool) (api.Look, error) {
	if build {
		job, err := s.Explain(ctx, api.ExplainRequest{Evaluation: e.ID, Slice: q.Slice, Method: q.Methods[0], Target: q.Targets[0]})
		if err != nil {
			return api.Look{}, err
		}
		if _, err := s.follow(ctx, job); err != nil {
			return api.Look{}, err
		}
	}
	found, err := s.Look(ctx, e.ID, by, q)
	if err != nil || found.Missing == 0 {
		return found, err
	}
	if _, err := s.shares(ctx, e.ID, q); err != nil {
		return found, err
	}
	return s.Look(ctx, e.ID, by, q)
}

// writeMean writes a line for each cell of the mean map, row by row; without a file it does nothing.
func (s *session) writeMean(ctx context.Context, c *call, evaluation string, q client.ShareQuery, file string) error {
	if file == "" {
		return nil
	}
	found, err := s.MeanMap(ctx, evaluation, "all", "", q)
	if err != nil {
		return err
	}
	all := found.All
	if all.N == 0 {
		return fmt.Errorf("no mean map: of %s, %d are red and %d say nothing; make maps with --make, or choose another --method", plural(all.Maps, "stored map"), all.Red, all.Empty)
	}
	err = writeFile(file, func(f *os.File) error {
		out := csv.NewWriter(f)
		_ = out.Write([]string{"row", "column", "mean", "median", "spread", "n"})
		number := func(list []float64, i int) string {
			if i >= len(list) { // one map has no spread
				return ""
			}
			return strconv.FormatFloat(list[i], 'g', 6, 64)
		}
		for i := range all.Mean {
			_ = out.Write([]string{strconv.Itoa(i / found.Columns), strconv.Itoa(i % found.Columns), number(all.Mean, i), number(all.Median, i), number(all.Spread, i), strconv.Itoa(all.N)})
		}
		out.Flush()
		return out.Error()
	})
	if err != nil {
		return fmt.Errorf("writing the mean map to %s: %w", file, err)
	}
	fmt.Fprintf(c.stderr, "mean of %s written to %s\n", plural(all.N, "map"), file)
	return nil
}

func writeLook(c *call, e api.Evaluation, of string, found api.Look, hiding api.HidingAgreements, file string) error {
	if file != "" {
		if err := writeFile(file, func(f *os.File) error { return lookCSV(f, found) }); err != nil {
			return fmt.Errorf("writing the table to %s: %w", file, err)
		}
		fmt.Fprintf(c.stderr, "table written to %s\n", file)
	}
	if c.json {
		return c.document(found)
	}
	printLook(c.stdout, e, of, found)
	printHiding(c.stdout, hiding)
	return nil
}

// printHiding tells which methods rank the parts of an image as hiding them does.
func printHiding(w io.Writer, h api.HidingAgreements) {
	if h.Images == 0 || len(h.Methods) == 0 || h.Methods[0].Correlation.N == 0 {
		return
	}
	fmt.Fprintf(w, "\nrank correlation with hiding each ninth of an image, over %s:\n", plural(h.Images, "image"))
	for _, m := range h.Methods {
		if m.Correlation.N == 0 {
			continue
		}
		note := ""
		if m.Hides {
			note = ", which hides too"
		}
		fmt.Fprintf(w, "  %s (%s) %.2f%s\n", m.Method, m.Target, m.Correlation.Mean, rangeOf(m.Correlation)+note)
	}
}

// rangeOf is an interval in brackets, and of how many; without one only of how many.
func rangeOf(e api.Estimate) string {
	if !e.Known {
		return fmt.Sprintf(" (of %d)", e.N)
	}
	return fmt.Sprintf(" (%.2f to %.2f, of %d)", e.Low, e.High, e.N)
}

func printLook(w io.Writer, e api.Evaluation, of string, l api.Look) {
	images := plural(l.All.Images, "image") + onSlice(of, e.Headline)
	if l.All.Maps == 0 {
		again := ""
		if of != e.Headline.Slice {
			again = fmt.Sprintf(" --slice '%s'", of)
		}
		fmt.Fprintf(w, "%s: no maps are stored of %s. Make them: sightline look %s %s --make%s\n", e.ID, images, e.Dataset, e.Model, again)
		return
	}
	fmt.Fprintf(w, "%s: what each class looks at, by %s (%s): %d of %s have a map%s\n", e.ID, l.Method, l.Target, l.All.Maps, images, verdictText(l.All.Verdicts))
	if l.All.Maps < fewestPairs {
		fmt.Fprintf(w, "take care: fewer than %d maps say little, and have no interval\n", fewestPairs)
	}
	columns := lookColumns(l)
	heads := []string{l.By, "\timages", "\tmaps"}
	for _, name := range columns {
		heads = append(heads, "\t"+name, "95 % interval")
	}
	t := newTable(heads...)
	for _, row := range append(slices.Clip(l.Rows), l.All) {
		cells := []any{brief(row.Name), row.Images, row.Maps}
		for _, name := range columns {
			cells = append(cells, lookCell(row, name)...)
		}
		t.row(cells...)
	}
	t.write(w)
	fmt.Fprintln(w, "\nmean shares of positive attribution; areas, which a map without opinion would have:")
	for _, name := range columns {
		if i := regionOf(l.All, name); i >= 0 {
			fmt.Fprintf(w, "  %s %s\n", name, share(l.All.Regions[i].Area))
		}
	}
}

// lookColumns are the dataset's regions, or those of every image where it has none.
func lookColumns(l api.Look) []string {
	var own, builtin []string
	for _, r := range l.All.Regions {
		if r.Builtin {
			builtin = append(builtin, r.Region)
		} else {
			own = append(own, r.Region)
		}
	}
	if own != nil {
		return own
	}
	return builtin
}

func regionOf(row api.LookRow, name string) int {
	return slices.IndexFunc(row.Regions, func(r api.RegionShare) bool { return r.Region == name })
}

// lookCell is a share and its interval; dashes where there is none.
func lookCell(row api.LookRow, name string) []any {
	i := regionOf(row, name)
	if i < 0 || row.Regions[i].Share.N == 0 {
		return []any{"–", "–"}
	}
	return []any{share(row.Regions[i].Share.Mean), interval(row.Regions[i].Share, "%.3f")}
}

// lookCSV writes one line per row and region.
func lookCSV(w io.Writer, l api.Look) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{l.By, "images", "maps", "region", "share", "low", "high", "area", "n", "red", "method", "target"})
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
	for _, row := range append(slices.Clip(l.Rows), l.All) {
		for _, r := range row.Regions {
			low, high := "", ""
			if r.Share.Known {
				low, high = number(r.Share.Low), number(r.Share.High)
			}
			_ = out.Write([]string{row.Name, strconv.Itoa(row.Images), strconv.Itoa(row.Maps), r.Region, number(r.Share.Mean), low, high, number(r.Area),
				strconv.Itoa(r.Share.N), strconv.Itoa(r.Share.Red), l.Method, l.Target})
		}
	}
	out.Flush()
	return out.Error()
}
