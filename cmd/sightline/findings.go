package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/server/api"
)

func findingsVerb() verb {
	return verb{name: "findings", group: groupResult, args: []argument{{name: "DATASET", values: datasetNames}, {name: "MODEL", values: modelNames}},
		summary: "Say where the errors come from and what the model decides by, tested",
		about: `Looks through the figures for what could win most errors: confusions, weak classes
and slices, labels that are probably wrong, leaks between splits, and more. Then
it tests what the model decides by: it hides areas of images that the model gets
right, and has it predict again: the dataset's regions, corners, borders and the
fields of a grid. The strongest are tested on other images, against as much hidden
elsewhere and in two ways; what turns answers is pasted into images of other
classes. docs/findings.md tells how to read the sentences. What is stopped
continues when the command is given again; --budget bounds the forward passes.

--declare FILE says what the model should look at, and replaces what was
declared of the dataset. Its lines are such as

  head: unwanted
  uniform: expected
  chef / apron: expected

--dismiss KEY says that a finding was seen enough of: it is told last, also for other
models on the dataset, with the --note. KEY is printed with each finding; * stands for
any name in it. --restore KEY takes it back. With either nothing is tested.`,
		examples: []string{
			"sightline findings people my-model",
			"sightline findings people my-model --declare declared.txt --json",
			"sightline findings people my-model --budget 4000",
			"sightline findings people my-model --dismiss duplicate --note 'they are wanted'",
			"sightline findings people my-model --restore duplicate",
		},
		define: defineFindings}
}

func defineFindings(flags *pflag.FlagSet) action {
	budget := flags.Int("budget", 0, "take at most `N` forward passes (default 12000, or 4 for each sample if that is more)")
	dismiss := flags.StringArray("dismiss", nil, "dismiss the findings of this `KEY`; may be given several times")
	restore := flags.StringArray("restore", nil, "take back that the findings of this `KEY` are dismissed")
	note := flags.String("note", "", "`TEXT` that is kept with what is dismissed")
	file := flags.String("declare", "", "`FILE` that says which regions are expected, and which unwanted")
	return func(ctx context.Context, c *call) error {
		if *budget < 0 {
			return usageError{fmt.Sprintf("--budget %d: must be a number of forward passes", *budget)}
		}
		declared, err := readDeclarations(*file)
		if err != nil {
			return err
		}
		return withEvaluation(ctx, c, func(s *session, e api.Evaluation) error {
			if *file != "" {
				if _, err := s.Declare(ctx, e.Dataset, api.Declarations{Declared: declared, Replace: true}); err != nil {
					return err
				}
			}
			var found api.Findings
			if len(*dismiss)+len(*restore) > 0 {
				found, err = s.dismiss(ctx, e, *dismiss, *restore, *note)
			} else {
				if err = s.fingerprint(ctx, e); err == nil {
					found, err = s.find(ctx, e.ID, *budget)
				}
			}
			if err != nil {
				return err
			}
			if c.json {
				return c.document(found)
			}
			printFindings(c.stdout, found)
			return nil
		})
	}
}

// fingerprint makes the fingerprints that images lack: those of files that are gone stay so, and are told of with the findings.
func (s *session) fingerprint(ctx context.Context, e api.Evaluation) error {
	found, err := s.Findings(ctx, e.ID)
	if err != nil || found.Unprinted == 0 {
		return err
	}
	job, err := s.Fingerprint(ctx, e.Dataset)
	if err != nil {
		return err
	}
	_, _ = s.follow(ctx, job)
	return ctx.Err()
}

// find makes all tests that are not made yet, and returns what they showed.
func (s *session) find(ctx context.Context, evaluation string, budget int) (api.Findings, error) {
	for {
		job, err := s.Find(ctx, evaluation, budget)
		if err != nil {
			return api.Findings{}, err
		}
		if job == nil {
			return s.Findings(ctx, evaluation)
		}
		if _, err := s.follow(ctx, *job); err != nil {
			return api.Findings{}, err
		}
	}
}

// dismiss dismisses the findings of the keys, takes dismissals back, and returns what is found then.
func (s *session) dismiss(ctx context.Context, e api.Evaluation, keys, back []string, note string) (api.Findings, error) {
	found, err := s.Findings(ctx, e.ID)
	if err != nil {
		return found, err
	}
	known, err := s.Dismissals(ctx, e.Dataset)
	if err != nil {
		return found, err
	}
	var request api.DismissRequest
	for _, pattern := range keys {
		before := len(request.Dismiss)
		for _, f := range found.Findings {
			if claims(f) && fits(pattern, f.Key) {
				request.Dismiss = append(request.Dismiss, api.Dismissal{Key: f.Key, Note: note, Text: f.Text})
			}
		}
		if len(request.Dismiss) == before {
			return found, fmt.Errorf("--dismiss %s: no finding of %s has this key: `sightline findings %s %s` prints them", pattern, e.ID, e.Dataset, e.Model)
		}
	}
	for _, pattern := range back {
		before := len(request.Back)
		for _, d := range known.Dismissed {
			if fits(pattern, d.Key) {
				request.Back = append(request.Back, d.Key)
			}
		}
		if len(request.Back) == before {
			return found, fmt.Errorf("--restore %s: nothing of %s is dismissed with this key", pattern, e.Dataset)
		}
	}
	if _, err := s.Dismiss(ctx, e.Dataset, request); err != nil {
		return found, err
	}
	return s.Findings(ctx, e.ID)
}

// claims tells whether a finding says that something is there, not only what was tested.
func claims(f api.Finding) bool {
	return f.Grade != "tested" || f.Word == "decides" || f.Word == "helps"
}

// fits tells whether a key is one of a pattern, in which * is any name.
func fits(pattern, key string) bool {
	ok, err := path.Match(pattern, key)
	return pattern == key || err == nil && ok
}

// readDeclarations reads lines of REGION: WORD, or CLASS / REGION: WORD; several may stand in a
// line, with commas between.
func readDeclarations(file string) (list []api.Declaration, err error) {
	if file == "" {
		return nil, nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading declarations: %w", err)
	}
	list = []api.Declaration{} // of an empty file too: nothing is declared then
	for i, line := range strings.Split(string(content), "\n") {
		line, _, _ = strings.Cut(line, "#")
		for part := range strings.SplitSeq(line, ",") {
			if part = strings.TrimSpace(part); part == "" {
				continue
			}
			d, ok := declaration(part)
			if !ok {
				return nil, fmt.Errorf("%s, line %d: %.80q: must be such as `head: unwanted`, or `chef / apron: expected`", file, i+1, part)
			}
			if slices.ContainsFunc(list, func(o api.Declaration) bool { return o.Class == d.Class && o.Region == d.Region && o.Word != d.Word }) {
				return nil, fmt.Errorf("%s, line %d: %.80q: another line says the contrary; keep one", file, i+1, part)
			}
			list = append(list, d)
		}
	}
	return list, nil
}

func declaration(text string) (d api.Declaration, ok bool) {
	what, word, ok := strings.Cut(text, ":")
	d.Region, d.Word = strings.TrimSpace(what), strings.TrimSpace(word)
	if class, region, both := strings.Cut(what, "/"); both {
		d.Class, d.Region = strings.TrimSpace(class), strings.TrimSpace(region)
	}
	return d, ok && d.Region != "" && (d.Word == "expected" || d.Word == "unwanted")
}

// findingsShown is how many findings are printed.
const findingsShown = 10

func printFindings(w io.Writer, f api.Findings) {
	fmt.Fprintf(w, "%s: %s\n\n", f.Evaluation, hanging(f.Headline, 0))
	var told, rest, dismissed []api.Finding
	for _, one := range f.Findings {
		switch {
		case one.Dismissed != nil:
			dismissed = append(dismissed, one)
		case claims(one):
			told = append(told, one)
		default:
			rest = append(rest, one)
		}
	}
	cards := api.Cards(told)
	for i, card := range cards[:min(len(cards), findingsShown)] {
		printCard(w, i+1, card)
	}
	if left := len(cards) - findingsShown; left > 0 {
		fmt.Fprintf(w, "… and %s (--json lists all)\n", plural(left, "weaker finding"))
	}
	for _, one := range dismissed {
		fmt.Fprintf(w, "dismissed: %s\n    key: %s; note: %s\n", hanging(one.Text, 4), one.Key, cmp.Or(one.Dismissed.Note, "none"))
	}
	printQuiet(w, f, rest)
	fmt.Fprintln(w, "\nlooked for in the figures and not found:")
	for _, q := range f.NotFound {
		fmt.Fprintf(w, "  %s\n", hanging(q.Text, 2))
	}
}

// printCard prints a finding, or what several classes have in common.
func printCard(w io.Writer, number int, card []api.Finding) {
	one := card[0]
	text := one.Text
	if len(card) > 1 {
		text = one.Group
	}
	fmt.Fprintf(w, "%d. %s\n", number, hanging(one.Kind+": "+text, 4))
	for _, f := range card {
		if len(card) > 1 {
			fmt.Fprintf(w, "    %s\n", hanging(f.Text, 6))
		}
	}
	if one.Won > 0 {
		fmt.Fprintf(w, "    could win %s errors (%s to %s)\n", images(one.Won), images(one.WonLow), images(one.WonHigh))
	}
	if one.Next != "" {
		fmt.Fprintf(w, "    next: %s\n", hanging(one.Next, 4))
	}
	if one.Region != nil && one.Grade == "tested" && one.Declared == "" && one.Kind == "reason" && !one.Fragile {
		fmt.Fprintf(w, "    say it: a FILE with the line `%s: unwanted`, or `%s: expected`, for --declare FILE\n", *one.Region, *one.Region)
	}
	key := one.Key
	if len(card) > 1 {
		key = one.Kind + "/*/" + key[strings.LastIndex(key, "/")+1:]
	}
	fmt.Fprintf(w, "    key: %s\n", key)
}

// images is a number of images that need not be whole.
func images(n float64) string { return strconv.FormatFloat(n, 'f', 0, 64) }

// printQuiet says what was tested and not found, and what was not tested.
func printQuiet(w io.Writer, f api.Findings, rest []api.Finding) {
	if f.Passes == 0 {
		fmt.Fprintln(w, "\nwhat the model decides by is not tested yet: the command without --dismiss and --restore tests it")
		return
	}
	unused, open := 0, 0
	for _, one := range rest {
		if one.Word == "undecided" {
			open++
		} else {
			unused++
		}
	}
	fmt.Fprintf(w, "\ntested on images of %s with %d forward passes (of %d): %s of class and area screened, %d tested against controls;\n%d are not used, of %d it cannot be told\n",
		orAll(f.Slice), f.Passes, f.Budget, plural(f.Screened, "pair"), f.Tested, unused, open)
	for _, one := range rest {
		if one.Word != "undecided" && !one.Builtin {
			fmt.Fprintf(w, "  %s\n", hanging(one.Text, 2))
		}
	}
	for _, u := range f.Untested {
		fmt.Fprintf(w, "  not tested: %s: %s\n", strings.TrimSpace(u.ClassName+" "+u.Region), u.Reason)
	}
}

func orAll(slice string) string {
	if slice == "" {
		return "the whole dataset"
	}
	return slice
}

// hanging wraps a text, its lines after the first one indented.
func hanging(text string, indent int) string {
	return strings.ReplaceAll(wrap(text, 100-indent), "\n", "\n"+strings.Repeat(" ", indent))
}
