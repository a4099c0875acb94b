package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/server/api"
)

func evaluateVerb() verb {
	return verb{name: "evaluate", group: groupResult, args: []argument{{name: "DATASET", values: datasetNames}, {name: "MODEL", values: modelNames}},
		summary: "Run a model on a dataset and measure it",
		about: `An evaluation that was interrupted continues where it was when the command is
given again. --predictions FILE writes one row per sample (.csv, .parquet or
.json): path, label, predicted, confidence, and the score of every class.
--mapping FILE maps labels to classes (CSV of label,class or a JSON object)
where their names differ.

The sentence above the figures is the first of what ` + "`sightline findings`" + ` finds in them.
The figures are over the test split, else over val, else over all images but
train's, and say which. --slice TEXT gives those of other images, such as
split=train or split=test&threshold=0.5 (docs/slices.md); --slice '' of all.
--figures tells every figure with its interval (docs/figures.md), with --json too,
--by COLUMN counts by a column that came with the data.

--explain METHOD makes the saliency maps of all images too: gradcam and other
CAMs in the same runs of the model, for a few hundredths more time, others in runs
of their own when the figures are there. ` + "`sightline explain`" + ` and ` + "`look`" + ` find them
stored, and so do the pages.`,
		examples: []string{
			"sightline evaluate groceries my-model",
			"sightline evaluate groceries my-model --predictions predictions.parquet",
			"sightline evaluate groceries my-model --by weather",
			"sightline evaluate groceries my-model --mapping mapping.csv",
			"sightline evaluate groceries my-model --slice 'label=cake&threshold=0.5'",
			"sightline evaluate groceries my-model --figures",
			"sightline evaluate groceries my-model --slice '' --beside label=cake --beside saved=sure-mistakes",
			"sightline evaluate groceries my-model --explain auto",
			"sightline evaluate groceries my-model --explain gradcam --target contrast",
		},
		define: defineEvaluate}
}

func defineEvaluate(flags *pflag.FlagSet) action {
	by := flags.String("by", "", "count by the `COLUMN` of this name, which came with the dataset")
	beside := flags.StringArray("beside", nil, "compare the samples of another slice (`TEXT`), such as saved=NAME, with the rest of the figures' samples; may be repeated")
	predictions := flags.String("predictions", "", "write the predictions to `FILE` (.csv, .parquet or .json)")
	text := flags.String("slice", "", "figures of the samples that meet these conditions (`TEXT`), such as 'split=train&threshold=0.5'")
	every := flags.Bool("figures", false, "tell every figure, with intervals")
	mapping := flags.String("mapping", "", "CSV or JSON `FILE` that maps labels to class names or indices")
	maps := withMapsFlags(flags)
	return func(ctx context.Context, c *call) error {
		if _, err := predictionsFormat(*predictions); err != nil {
			return err
		}
		m, err := readMapping(*mapping)
		if err != nil {
			return err
		}
		for _, one := range append([]string{*text}, *beside...) {
			if err := checkSlice(one); err != nil {
				return err
			}
		}
		if err := maps.check(); err != nil {
			return err
		}
		if !flags.Changed("slice") {
			text = nil
		}
		request := api.EvaluateRequest{Dataset: c.args[0], Model: c.args[1], Mapping: m}
		return withStored(ctx, c, func(s *session) error {
			return s.evaluateAndTell(ctx, request, maps, text, *predictions, extras{*every, *by, *beside})
		})
	}
}

func (s *session) evaluateAndTell(ctx context.Context, request api.EvaluateRequest, maps *withMaps, of *string, predictions string, more extras) error {
	if err := s.checkColumn(ctx, request.Dataset, more.by); err != nil {
		return err
	}
	if err := s.askMaps(ctx, maps, &request); err != nil {
		return err
	}
	job, err := s.runEvaluation(ctx, request)
	if err != nil {
		return err
	}
	e, confusions, err := s.figures(ctx, resultText(job, "evaluation"), of)
	if err != nil {
		return err
	}
	if err := s.writePredictions(ctx, e.ID, predictions); err != nil {
		return err
	}
	document, err := s.tell(ctx, e, confusions, more)
	if err != nil {
		return err
	}
	made, err := s.finishMaps(ctx, maps, job)
	if err != nil {
		return err
	}
	if !s.call.json {
		made.print(s.call, e)
		return nil
	}
	if made != nil {
		document["maps"] = made
	}
	return s.call.document(document)
}

// tell prints an evaluation and what else is asked for of it, or puts it into a document.
func (s *session) tell(ctx context.Context, e api.Evaluation, confusions []api.Confusion, more extras) (map[string]any, error) {
	aside, err := s.setAside(ctx, e)
	if err != nil {
		return nil, err
	}
	found, err := s.Findings(ctx, e.ID)
	if err != nil {
		return nil, err
	}
	if c := s.call; !c.json {
		fmt.Fprintf(c.stdout, "%s\n\n", wrap(found.Headline, 100))
		printEvaluation(c, e, confusions, aside)
	}
	document := map[string]any{"headline": found.Headline, "evaluation": e, "confusions": confusions, "failures": aside}
	all, err := s.everyFigure(ctx, e, more.figures)
	if err != nil {
		return nil, err
	}
	if all != nil {
		document["figures"] = all
	}
	groups, err := s.groups(ctx, e, more.by)
	if err != nil {
		return nil, err
	}
	if groups != nil {
		document["groups"] = groups
	}
	sides, err := s.sides(ctx, e, more.beside)
	if sides != nil {
		document["sides"] = sides
	}
	return document, err
}

// evaluate runs the evaluation to its end and returns its figures of a slice, nil for
// that of its headline.
func (s *session) evaluate(ctx context.Context, request api.EvaluateRequest, of *string) (e api.Evaluation, confusions []api.Confusion, err error) {
	job, err := s.runEvaluation(ctx, request)
	if err != nil {
		return e, nil, err
	}
	return s.figures(ctx, resultText(job, "evaluation"), of)
}

// runEvaluation runs the job of an evaluation to its end.
func (s *session) runEvaluation(ctx context.Context, request api.EvaluateRequest) (api.Job, error) {
	job, err := s.Evaluate(ctx, request)
	if err != nil {
		return job, err
	}
	return s.follow(ctx, job)
}

// figures are those of an evaluation over a slice, nil for that of its headline.
func (s *session) figures(ctx context.Context, id string, of *string) (e api.Evaluation, confusions []api.Confusion, err error) {
	if e, err = s.Evaluation(ctx, id, ""); err != nil {
		return e, nil, err
	}
	if e.Evaluated+e.Unlabelled == 0 {
		return e, nil, s.nothingPredicted(ctx, e)
	}
	if of == nil {
		of = &e.Headline.Slice
	}
	if *of != e.Slice {
		if e, err = s.Evaluation(ctx, id, *of); err != nil {
			return e, nil, err
		}
	}
	confusions, err = s.Confusions(ctx, id, *of, 10)
	return e, confusions, err
}

// nothingPredicted says why an evaluation has no prediction at all.
func (s *session) nothingPredicted(ctx context.Context, e api.Evaluation) error {
	list, err := s.Failures(ctx, e.ID)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fmt.Errorf("%s has no usable samples: see `sightline import` for what is wrong with them", e.Dataset)
	}
	return fmt.Errorf("no sample of %s could be predicted: %s: %s", e.Dataset, list[0].Path, list[0].Reason)
}

// predictionsFormat tells the format from a file's name; "" gives "".
func predictionsFormat(path string) (string, error) {
	format := strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
	switch {
	case path == "", format == "csv", format == "parquet", format == "json":
		return format, nil
	}
	return "", usageError{fmt.Sprintf("--predictions %s: the name must end in .csv, .parquet or .json", path)}
}

// writePredictions downloads into a file beside the destination first, so
// that a failure leaves no half a file under the name asked for; without a name it does nothing.
func (s *session) writePredictions(ctx context.Context, evaluation, path string) error {
	if path == "" {
		return nil
	}
	format, err := predictionsFormat(path)
	if err != nil {
		return err
	}
	err = writeFile(path, func(f *os.File) error { return s.Predictions(ctx, evaluation, format, f) })
	if err != nil {
		return fmt.Errorf("writing the predictions to %s: %w; the evaluation is stored: give another --predictions FILE and run the command again", path, err)
	}
	fmt.Fprintf(s.call.stderr, "predictions written to %s\n", path)
	return nil
}

func printEvaluation(c *call, e api.Evaluation, confusions []api.Confusion, aside []api.Failure) {
	if e.Evaluated == 0 {
		printNothing(c, e)
		printCautions(c, e, aside)
		return
	}
	fmt.Fprintf(c.stdout, "%s: %s correct%s (%d of %s, %d classes)\n", e.ID, percent(e.Accuracy), onWhich(e), e.Correct, plural(e.Evaluated, "sample"), len(e.Classes))
	t := newTable("measure", "\tvalue")
	t.row("95 % interval", percent(e.AccuracyLow)+" to "+percent(e.AccuracyHigh))
	if e.Threshold > 0 {
		t.row("wrong", fmt.Sprint(e.Evaluated-e.Correct-e.NoDecision))
		t.row("undecided", fmt.Sprint(e.NoDecision))
	}
	t.row("balanced accuracy", percent(e.BalancedAccuracy))
	if len(e.Classes) > 5 { // of five classes or fewer the label is always among the best five
		t.row("top-5 accuracy", percent(e.Top5Accuracy))
	}
	t.row(macroName(e), percent(e.MacroF1))
	t.row("log loss", fmt.Sprintf("%.4f", e.LogLoss))
	t.row("calibration error", percent(e.ECE))
	t.row("always the commonest", percent(e.Chance))
	t.write(c.stdout)
	printSplits(c, e)
	fmt.Fprintln(c.stdout)
	printClasses(c, e)
	printConfusions(c, e, confusions)
	printCautions(c, e, aside)
}

// macroName says over which classes the mean is, where some do not occur.
func macroName(e api.Evaluation) string {
	occur := 0
	for _, k := range e.PerClass {
		if k.Support+k.Predicted > 0 {
			occur++
		}
	}
	if occur == len(e.PerClass) {
		return "macro-F1"
	}
	return fmt.Sprintf("macro-F1 over the %d of %d classes that occur", occur, len(e.PerClass))
}

// everyFigure asks for every figure and prints them, or gives nil where they are not wanted.
func (s *session) everyFigure(ctx context.Context, e api.Evaluation, wanted bool) (*api.Figures, error) {
	if !wanted {
		return nil, nil
	}
	all, err := s.Figures(ctx, e.ID, e.Slice)
	if err == nil && !s.call.json {
		printFigures(s.call, all)
	}
	return &all, err
}

// printFigures prints every figure; dashes where it is not defined, or has no interval.
func printFigures(c *call, all api.Figures) {
	t := newTable("figure", "\tvalue", "95 % interval", "what it is")
	for _, f := range all.Figures {
		value, interval := "–", "–"
		write := func(v float64) string {
			if f.Rate {
				return percent(v)
			}
			return fmt.Sprintf("%.4f", v)
		}
		if f.Value != nil {
			value = write(*f.Value)
		}
		if f.Low != nil && f.High != nil {
			interval = write(*f.Low) + " to " + write(*f.High)
		}
		t.row(f.Name, value, interval, f.Title)
	}
	t.write(c.stdout)
}

// printNothing says that there are no figures.
func printNothing(c *call, e api.Evaluation) {
	if e.Slice != "" {
		fmt.Fprintf(c.stdout, "%s: no sample with a label that is a class of the model is in %s\n", e.ID, e.Slice)
	} else {
		fmt.Fprintf(c.stdout, "%s: %s predicted; none has a label that is a class of the model, so there is nothing to measure\n", e.ID, plural(e.Unlabelled, "sample"))
		fmt.Fprintf(c.stdout, "--predictions FILE writes what was predicted; `sightline serve` shows it\n")
	}
}

// onWhich says which images the figures are over, where that needs to be said.
func onWhich(e api.Evaluation) string { return onSlice(e.Slice, e.Headline) }

func onSlice(of string, headline api.Headline) string {
	switch {
	case of == headline.Slice && of == "":
		return ""
	case of == headline.Slice:
		return " on " + headline.Name
	case of == "":
		return " on all images"
	}
	return " on " + of
}

// sliceOrHeadline is what --slice says; where it is not given, the slice of the headline.
func sliceOrHeadline(flags *pflag.FlagSet, e api.Evaluation) string {
	if !flags.Changed("slice") {
		return e.Headline.Slice
	}
	text, _ := flags.GetString("slice")
	return text
}

// printSplits says what else there is to look at than the split that the figures are of.
func printSplits(c *call, e api.Evaluation) {
	if len(e.Splits) == 0 || e.Headline.Slice == "" && e.Slice == "" {
		return
	}
	names := make([]string, len(e.Splits))
	for i, s := range e.Splits {
		names[i] = fmt.Sprintf("%s %d", s.Name, s.Count)
	}
	fmt.Fprintf(c.stdout, "images evaluated: %s; --slice split=NAME gives the figures of one split, --slice '' those of all\n", strings.Join(names, ", "))
}

// printClasses prints the classes that have samples, the worst 25 of many.
func printClasses(c *call, e api.Evaluation) {
	const most = 25
	var classes []api.ClassMetrics
	for _, m := range e.PerClass {
		if m.Support > 0 || m.Predicted > 0 {
			classes = append(classes, m)
		}
	}
	left := len(classes) - most
	if left > 0 {
		sort.SliceStable(classes, func(i, j int) bool { return classes[i].F1 < classes[j].F1 })
		classes = classes[:most]
	}
	t := newTable("class", "\tsamples", "\tprecision", "95 % interval", "\trecall", "95 % interval", "\tF1")
	for _, m := range classes {
		precision, ofPredicted := shareOf(m.Predicted, m.Precision, m.PrecisionLow, m.PrecisionHigh)
		recall, ofSupport := shareOf(m.Support, m.Recall, m.RecallLow, m.RecallHigh)
		t.row(brief(m.Name), m.Support, precision, ofPredicted, recall, ofSupport, percent(m.F1))
	}
	t.write(c.stdout)
	if left > 0 {
		fmt.Fprintf(c.stdout, "… and %d classes with a higher F1\n", left)
	}
	fmt.Fprintln(c.stdout)
}

// shareOf writes a share with its interval; of nothing there is neither.
func shareOf(n int, share, low, high float64) (value, interval string) {
	if n == 0 {
		return "–", "–"
	}
	return percent(share), percent(low) + " to " + percent(high)
}

func printConfusions(c *call, e api.Evaluation, confusions []api.Confusion) {
	if len(confusions) == 0 {
		return
	}
	t := newTable("label", "predicted", "\tsamples", "\tof the label")
	for _, f := range confusions {
		t.row(brief(className(e, f.Label)), brief(className(e, f.Predicted)), f.Count, percent(f.Share))
	}
	t.write(c.stdout)
	fmt.Fprintln(c.stdout)
}

func className(e api.Evaluation, index int) string {
	if index < 0 || index >= len(e.Classes) {
		return "(no decision)"
	}
	return e.Classes[index]
}

// setAside are the samples that the import accepted and the evaluation could not predict.
func (s *session) setAside(ctx context.Context, e api.Evaluation) ([]api.Failure, error) {
	if e.Quarantined == 0 {
		return []api.Failure{}, nil
	}
	return s.Failures(ctx, e.ID)
}

func printCautions(c *call, e api.Evaluation, aside []api.Failure) {
	reasons := make([]string, len(aside))
	for i, f := range aside {
		reasons[i] = f.Path + ": " + f.Reason
	}
	printSome(c, "set aside by the evaluation", "set aside by the evaluation", reasons)
	if imported := e.Quarantined - len(aside); imported > 0 {
		fmt.Fprintf(c.stdout, "%s set aside by the import: `sightline import` says why\n", plural(imported, "file"))
	}
	for _, u := range e.Unmatched {
		fmt.Fprintf(c.stdout, "label %q (%s) is not evaluated: %s\n", u.Label, plural(u.Count, "sample"), u.Reason)
	}
	for _, warning := range e.Warnings {
		fmt.Fprintf(c.stdout, "warning: %s\n", warning)
	}
}
