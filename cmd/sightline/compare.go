package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/slice"
)

func compareVerb() verb {
	return verb{name: "compare", group: groupResult,
		args: []argument{
			{name: "BEFORE", is: "an evaluation DATASET~MODEL", values: evaluationNames},
			{name: "NOW", is: "another one", values: evaluationNames},
		},
		summary: "Put two evaluations side by side: what got better, what worse",
		about: `Compares two models on the images that both were evaluated on: those of one
dataset, or images with the same bytes. It tells how accuracy and macro-F1
changed, with intervals that take into account that both saw the same images,
which images were fixed and which broken, the classes in which that is more
than chance, and where both look, if maps of both are stored.

The images are those of NOW's headline: its test split, else val, else all but
train's. --slice TEXT compares on others (docs/slices.md), --slice '' on all. Classes
are matched by name. --reasons also counts the images that both have right but decide
for another reason: it first finds how far maps move by chance, on images that
are changed a little, or by --null EVALUATION, of one of both models trained
again. docs/comparison.md says how to read it.`,
		examples: []string{
			"sightline compare groceries~my-model groceries~better",
			"sightline compare groceries~my-model groceries~better --slice label=cake --method gradcam --target predicted,true",
			"sightline compare groceries~my-model groceries~better --method gradcam --reasons",
		},
		define: defineCompare}
}

func defineCompare(flags *pflag.FlagSet) action {
	text := flags.String("slice", "", "images of NOW that meet these conditions (`TEXT`), such as 'split=test'; without it those of its headline")
	method := flags.String("method", "auto", "compare stored maps of these methods, several with commas")
	target := flags.String("target", "predicted", "of these targets, or classes by name, several with commas")
	why := flags.Bool("reasons", false, "count the images that are right for another reason than before")
	twin := flags.String("null", "", "measure chance by an `EVALUATION` of one of both models, trained again; implies --reasons")
	return func(ctx context.Context, c *call) error {
		if err := checkSlice(*text); err != nil {
			return err
		}
		return withStored(ctx, c, func(s *session) error {
			now, err := s.Evaluation(ctx, c.args[1], "")
			if err != nil {
				return err
			}
			targets, err := chooseTargets(now, []string{*target})
			if err != nil {
				return err
			}
			q := client.ShareQuery{Slice: sliceOrHeadline(flags, now), Methods: strings.Split(*method, ","), Targets: targets, Trust: true}
			found, err := s.compare(ctx, c.args[0], c.args[1], q)
			if err != nil {
				return err
			}
			var reasons []api.Reasons
			if *why || *twin != "" {
				if reasons, err = s.reasons(ctx, found, *twin, q); err != nil {
					return err
				}
			}
			return writeComparison(c, now, found, reasons)
		})
	}
}

// comparedReasons is the comparison with what --reasons adds to it.
type comparedReasons struct {
	api.Comparison
	Reasons []api.Reasons `json:"reasons"`
}

func writeComparison(c *call, now api.Evaluation, found api.Comparison, reasons []api.Reasons) error {
	if c.json {
		if reasons != nil {
			return c.document(comparedReasons{found, reasons})
		}
		return c.document(found)
	}
	printComparison(c.stdout, now, found)
	for _, r := range reasons {
		printReasons(c.stdout, r)
	}
	return nil
}

// compare asks for the comparison; where maps were stored before what they say of
// regions was asked, a job finds that out first.
func (s *session) compare(ctx context.Context, before, now string, q client.ShareQuery) (api.Comparison, error) {
	found, err := s.Comparison(ctx, now, before, q)
	if err != nil || found.MissingShares == 0 {
		return found, err
	}
	for _, evaluation := range []string{before, now} {
		if _, err := s.shares(ctx, evaluation, client.ShareQuery{Methods: q.Methods, Targets: q.Targets, Trust: true}); err != nil {
			return found, err
		}
	}
	return s.Comparison(ctx, now, before, q)
}

func printComparison(w io.Writer, now api.Evaluation, c api.Comparison) {
	fmt.Fprintf(w, "%s, before: %s, over %s of both%s\n", c.Evaluation, c.Before, plural(c.Images, "image"), onSlice(c.Slice, now.Headline))
	printUncompared(w, c)
	if c.Images == 0 {
		return
	}
	t := newTable("measure", "\tbefore", "\tnow", "\tdifference", "95 % interval")
	for _, row := range []struct {
		name string
		api.Difference
	}{{"accuracy", c.Accuracy}, {"macro-F1", c.MacroF1}} {
		t.row(row.name, percent(row.Before), percent(row.Now), points(row.Difference.Difference.Mean), pointsInterval(row.Difference.Difference))
	}
	t.write(w)
	fmt.Fprintf(w, "%s\n\n", verdictOf(c))
	t = newTable("images", "\tcount")
	for _, k := range c.Transitions {
		t.row(strings.ReplaceAll(k.Transition, "-", " "), k.Count)
	}
	t.write(w)
	printComparedClasses(w, c.Classes)
	printComparedMaps(w, c)
}

// printUncompared says what is left out.
func printUncompared(w io.Writer, c api.Comparison) {
	for _, part := range []struct {
		n    int
		text string
	}{
		{c.Unpaired, "without a prediction of %s: left out\n"}, {c.Unlabelled, "without a label here or in %s: left out\n"}, {c.Relabelled, "with another label in %s\n"},
	} {
		if part.n > 0 {
			fmt.Fprintf(w, plural(part.n, "image")+" "+part.text, c.Before)
		}
	}
	for _, part := range []struct {
		classes []string
		text    string
	}{{c.Missing, "only now"}, {c.MissingBefore, "only before"}} {
		if len(part.classes) > 0 {
			fmt.Fprintf(w, "classes %s: %s\n", part.text, slice.ShortList(part.classes))
		}
	}
}

// verdictOf is what the test says, in words.
func verdictOf(c api.Comparison) string {
	fixed, broken := c.Transitions[0].Count, c.Transitions[1].Count
	text := fmt.Sprintf("%s fixed, %d broken: ", plural(fixed, "image"), broken)
	if fixed+broken == 0 {
		return "no image became right or wrong"
	}
	if c.P >= 0.05 {
		return text + fmt.Sprintf("that may be chance (McNemar, p = %.2g)", c.P)
	}
	return text + fmt.Sprintf("more than chance (McNemar, p = %.1g)", c.P)
}

func printComparedClasses(w io.Writer, list []api.ClassDifference) {
	fmt.Fprintln(w)
	t := newTable("class", "\timages", "\trecall before", "\tnow", "\tdifference", "95 % interval", "\tfixed", "\tbroken", "\tp, corrected")
	for _, k := range list {
		t.row(brief(k.Name), k.Images, percent(k.Recall.Before), percent(k.Recall.Now), points(k.Recall.Difference.Mean), pointsInterval(k.Recall.Difference),
			k.Fixed, k.Broken, fmt.Sprintf("%.2g", k.Corrected))
	}
	t.write(w)
}

func printComparedMaps(w io.Writer, c api.Comparison) {
	if len(c.Maps) == 0 {
		fmt.Fprintln(w, "\nWhere both look cannot be told: no stored maps of one method and target are of the same images.")
		for _, evaluation := range []string{c.Before, c.Evaluation} {
			dataset, model, _ := strings.Cut(evaluation, "~")
			fmt.Fprintf(w, "  sightline explain %s %s --method gradcam\n", dataset, model)
		}
		fmt.Fprintln(w, "and compare with --method gradcam.")
		return
	}
	for _, m := range c.Maps {
		fmt.Fprintf(w, "\nwhere both look: %s, %s, %s of maps\n", m.Method, m.Target, plural(m.Pairs, "pair"))
		if m.Pairs < fewestPairs {
			fmt.Fprintf(w, "take care: fewer than %d pairs say little, and have no interval\n", fewestPairs)
		}
		t := newTable("region", "\tshare before", "\tnow", "\tdifference", "95 % interval", "\tarea", "\tpairs")
		for _, r := range m.Regions {
			t.row(r.Region, share(r.Before.Mean), share(r.Now.Mean), fmt.Sprintf("%+.3f", r.Difference.Mean), interval(r.Difference, "%+.3f"), share(r.Area), r.Difference.N)
		}
		t.write(w)
	}
}

// fewestPairs is the number of maps below which their mean has no interval (docs/trust.md).
const fewestPairs = 5

// share writes a share of attribution; a dash where there is none.
func share(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return fmt.Sprintf("%.3f", v)
}

// points writes a difference of two shares in points of a hundred.
func points(difference float64) string { return fmt.Sprintf("%+.1f", 100*difference) }

func pointsInterval(e api.Estimate) string {
	e.Low, e.High = 100*e.Low, 100*e.High
	return interval(e, "%+.1f")
}

// interval writes the bounds of an estimate; a dash where there are none.
func interval(e api.Estimate, format string) string {
	if !e.Known {
		return "–"
	}
	return fmt.Sprintf(format+" to "+format, e.Low, e.High)
}
