package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/sightline/sightline/internal/markdown"
)

// few is how many rows a table of the text has: a pull request is read, not searched.
const few = 10

// Markdown writes a text for a pull request: the figures without images.
func (r *Report) Markdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	e, text := r.Evaluation, markdown.Text
	fmt.Fprintf(b, "### %s × %s\n\n", text(e.Dataset), text(e.Model))
	if e.Evaluated > 0 {
		fmt.Fprintf(b, "**%s** right (95 %%: %s to %s), n = %d, %s. Macro-F1 %s, calibration error %s.\n\n", percent(e.Accuracy), percent(e.AccuracyLow), percent(e.AccuracyHigh),
			e.Evaluated, text(r.SliceName), percent(e.MacroF1), percent(e.ECE))
	} else {
		fmt.Fprintf(b, "No sample of %s has a prediction and a label that is a class: nothing can be counted.\n\n", text(r.SliceName))
	}
	for _, warning := range e.Warnings {
		fmt.Fprintf(b, "> %s\n\n", text(warning))
	}
	r.comparedText(b)
	r.findingsText(b)
	r.tables(b)
	fmt.Fprintf(b, "Dataset %s (SHA-256, %d samples)%s, model %s%s. Made by Sightline %s, %s.\n", short(r.Dataset.SHA256), r.Dataset.Samples, at(r.Root),
		short(r.ModelSHA256), at(r.ModelFile), text(r.Version), r.Made.UTC().Format("2006-01-02 15:04 UTC"))
	return b.Flush()
}

// at is where something lies on this machine, if that is told.
func at(path string) string {
	if path == "" {
		return ""
	}
	return " at " + markdown.Text(path)
}

func (r *Report) comparedText(b io.Writer) {
	c := r.Comparison
	if c == nil {
		return
	}
	if c.Images == 0 {
		fmt.Fprintf(b, "No labelled image of this slice was predicted by %s too: there is nothing to compare.\n\n", markdown.Text(c.Before))
		return
	}
	fmt.Fprintf(b, "Compared with %s over %d images: accuracy %s points", markdown.Text(c.Before), c.Images, points(c.Accuracy.Difference.Mean))
	if between := interval(c.Accuracy.Difference); between != "" {
		fmt.Fprintf(b, " (95 %%: %s)", between)
	}
	fmt.Fprintf(b, ", %s.", pValue(c.P))
	for _, t := range c.Transitions {
		fmt.Fprintf(b, " %s: %d.", strings.ReplaceAll(t.Transition, "-", " "), t.Count)
	}
	fmt.Fprint(b, "\n\n")
	changed := r.Changed()
	if len(changed) == 0 {
		fmt.Fprint(b, "No class changed by more than chance.\n\n")
		return
	}
	fmt.Fprint(b, "| class | images | recall before | now | corrected p |\n| --- | ---: | ---: | ---: | ---: |\n")
	for _, i := range changed[:min(few, len(changed))] {
		k := c.Classes[i]
		fmt.Fprintf(b, "| %s | %d | %s | %s | %.2g |\n", markdown.Text(k.Name), k.Images, percent(k.Recall.Before), percent(k.Recall.Now), k.Corrected)
	}
	fmt.Fprintln(b)
}

func (r *Report) findingsText(b io.Writer) {
	if r.NoFindings != "" {
		fmt.Fprintf(b, "What the model decides by is not, or not fully, tested: run `%s`.\n\n", strings.ReplaceAll(r.NoFindings, "`", "'"))
	}
	if r.Headline != "" {
		fmt.Fprintf(b, "%s\n\n", markdown.Text(r.Headline))
	}
	for _, f := range r.Findings[:min(few, len(r.Findings))] {
		mark := ""
		if f.Kind == "shortcut" {
			mark = "**shortcut** "
		}
		fmt.Fprintf(b, "- %s%s\n", mark, markdown.Text(f.Text))
	}
	if len(r.Findings) > 0 {
		fmt.Fprintln(b)
	}
}

func (r *Report) tables(b io.Writer) {
	if len(r.Cells) > 0 {
		fmt.Fprint(b, "| label | taken for | images | share of the label |\n| --- | --- | ---: | ---: |\n")
		for _, c := range r.Cells {
			fmt.Fprintf(b, "| %s | %s | %d | %s |\n", markdown.Text(r.Name(c.Label)), markdown.Text(r.Name(c.Predicted)), c.Count, percent(c.Share))
		}
		fmt.Fprintln(b)
	}
	if r.Look.All.Maps == 0 || len(r.LookRegions) == 0 {
		return
	}
	fmt.Fprintf(b, "Mean share of positive attribution (%s, %d maps):", markdown.Text(r.Look.Method), r.Look.All.Maps)
	for i, one := range r.Look.All.Regions[:len(r.LookRegions)] {
		fmt.Fprintf(b, "%s %s %s", map[bool]string{true: ",", false: ""}[i > 0], markdown.Text(one.Region), percent(one.Share.Mean))
	}
	fmt.Fprint(b, ".\n\n")
}
