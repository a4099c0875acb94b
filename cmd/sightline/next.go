package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

func nextVerb() verb {
	return verb{name: "next", group: groupResult, args: []argument{{name: "DATASET", values: datasetNames}, {name: "MODEL", values: modelNames}},
		summary: "Choose the images to label next",
		about: `Chooses among images without a label, or among those of --slice, the ones from which
the model is expected to learn most, and lists them in that order. --strategy is one
of these, or several with commas, which are then multiplied:

  uncertain  the two best classes score nearly the same
  diverse    unlike all that is labelled or chosen
  typical    like many others
  balanced   predicted as a class with few labels
  errors     like labelled images that the model gets wrong
  random     to compare with

The same --seed gives the same list. --out FILE writes it as CSV. docs/labelling.md
tells how each is computed.`,
		examples: []string{
			"sightline next mail my-model",
			"sightline next groceries my-model --strategy errors,diverse --slice label=cake --count 200 --out next.csv",
		},
		define: defineNext}
}

func defineNext(flags *pflag.FlagSet) action {
	var q client.NextQuery
	flags.StringVar(&q.Strategy, "strategy", "uncertain,diverse", "how they are chosen (`NAMES`)")
	flags.StringVar(&q.Slice, "slice", "", "among images that meet these conditions (`TEXT`), such as 'split=pool'")
	flags.IntVar(&q.Count, "count", 50, "choose `N` images (1 to 1000)")
	flags.Uint64Var(&q.Seed, "seed", 0, "`N` that decides what is drawn")
	out := flags.String("out", "", "write the list to `FILE`, as CSV")
	return func(ctx context.Context, c *call) error {
		if err := checkSlice(q.Slice); err != nil {
			return err
		}
		if q.Count < 1 || q.Count > 1000 {
			return usageError{fmt.Sprintf("--count %d: must be 1 to 1000", q.Count)}
		}
		return withEvaluation(ctx, c, func(s *session, e api.Evaluation) error {
			found, err := s.Next(ctx, e.ID, q)
			if err != nil {
				return err
			}
			if *out != "" {
				if err := writeFile(*out, func(f *os.File) error { return nextCSV(f, e, found) }); err != nil {
					return fmt.Errorf("writing the list to %s: %w", *out, err)
				}
				fmt.Fprintf(c.stderr, "%s written to %s\n", plural(len(found.Samples), "image"), *out)
			}
			if c.json {
				return c.document(found)
			}
			if *out == "" {
				printNext(c.stdout, e, found)
			}
			return nil
		})
	}
}

// predictedName is a predicted class by name.
func predictedName(e api.Evaluation, class int) string {
	if class < 0 {
		return "no decision"
	}
	return e.Classes[class]
}

func nextCSV(w io.Writer, e api.Evaluation, found api.Next) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"path", "predicted", "confidence", "margin", "value"}) // kept for Error
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
	for _, s := range found.Samples {
		_ = out.Write([]string{s.Path, predictedName(e, s.Predicted), number(s.Confidence), number(s.Margin), number(s.Value)})
	}
	out.Flush()
	return out.Error()
}

func printNext(w io.Writer, e api.Evaluation, found api.Next) {
	of := ""
	if found.Drawn < found.Pool {
		of = fmt.Sprintf(" (%d of them, drawn with seed %d, were looked at)", found.Drawn, found.Seed)
	}
	fmt.Fprintf(w, "%s of %d%s by %s, beside %s:\n\n", plural(len(found.Samples), "image"), found.Pool, of, strings.Join(found.Strategies, " and "), plural(found.Labelled, "labelled one"))
	t := newTable("path", "predicted", "\tconfidence", "\tmargin")
	for _, s := range found.Samples {
		t.row(oneLine(s.Path), oneLine(predictedName(e, s.Predicted)), fmt.Sprintf("%.1f %%", 100*s.Confidence), fmt.Sprintf("%.3f", s.Margin))
	}
	t.write(w)
}
