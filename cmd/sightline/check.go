package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/gates"
	"github.com/sightline/sightline/internal/gatereport"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/slice"
)

func checkVerb() verb {
	return verb{name: "check", group: groupResult, needs: "--rules FILE", args: []argument{{name: "DATASET", values: datasetNames}, {name: "MODEL", values: modelNames}},
		summary: "Assess rules on an evaluation, to fail a build by",
		about: `Assesses rules such as a least accuracy, a greatest share of a region in the maps,
or that no shortcut decides a class. Maps and tests that rules need and that are
not there are made first. A rules file looks like this; docs/gates.md tells of
every rule, and how each is assessed.

  rules:
    - accuracy: {min: 0.9}
    - recall: {min: 0.8, class: [chef, nurse]}
    - flip: {region: head, max: 0.1}
    - no shortcut
    - no worse class

--baseline names an earlier evaluation, DATASET~MODEL, for the rules that compare
with one. A rule that cannot be decided, for too few images, is neither passed nor
failed; --unjudged pass or fail settles it. --out writes the report to a file,
and a text for people to standard output.`,
		examples: []string{
			"sightline check people my-model --rules rules.yaml",
			"sightline check people my-model --rules rules.yaml --baseline people~better --format junit --out report.xml --unjudged pass",
		},
		exits: []exit{{exitFailed, "a rule fails, or the check could not be made"}, {exitUsage, "a mistake in the command line, or in the rules: the message says in which line"},
			{exitUnjudged, "no rule fails, and at least one cannot be decided"}},
		define: defineCheck}
}

// checkFlags are those of the verb.
type checkFlags struct{ rules, baseline, format, out, unjudged *string }

func defineCheck(flags *pflag.FlagSet) action {
	f := checkFlags{
		rules:    flags.String("rules", "", "the rules, in YAML (`FILE`)"),
		baseline: flags.String("baseline", "", "an earlier `EVALUATION`, DATASET~MODEL"),
		format:   flags.String("format", gatereport.Text, "text, json, markdown or junit (`FORMAT`)"),
		out:      flags.String("out", "", "write the report to `FILE`"),
		unjudged: flags.String("unjudged", "", "what a rule counts as that cannot be decided: pass or fail (`VERDICT`)"),
	}
	return func(ctx context.Context, c *call) error {
		rules, file, err := f.read(c)
		if err != nil {
			return err
		}
		return withEvaluation(ctx, c, func(s *session, e api.Evaluation) error {
			if err := s.makeFor(ctx, rules, e, *f.baseline); err != nil {
				return err
			}
			found, err := s.Check(ctx, e.ID, api.CheckRequest{Rules: file, File: *f.rules, Baseline: *f.baseline})
			if err != nil {
				return misuseOf(err)
			}
			if err := f.write(c, found); err != nil {
				return err
			}
			return f.exit(found)
		})
	}
}

// read checks the flags and reads the rules, before anything is asked or made.
func (f checkFlags) read(c *call) (rules gates.File, text string, err error) {
	if c.json {
		*f.format = "json"
	}
	switch formats := []string{gatereport.Text, "json", gatereport.Markdown, gatereport.JUnit}; {
	case *f.rules == "":
		return rules, "", usageError{"missing --rules FILE, such as rules.yaml"}
	case !slices.Contains(formats, *f.format):
		return rules, "", usageError{fmt.Sprintf("--format %s: must be one of %s", *f.format, strings.Join(formats, ", "))}
	case !slices.Contains([]string{"", "pass", "fail"}, *f.unjudged):
		return rules, "", usageError{fmt.Sprintf("--unjudged %s: must be pass or fail", *f.unjudged)}
	}
	content, err := os.ReadFile(*f.rules)
	if err != nil {
		return rules, "", usageError{fmt.Sprintf("reading the rules: %v", err)}
	}
	if rules, err = gates.Parse(*f.rules, content); err != nil {
		return rules, "", usageError{err.Error()}
	}
	for _, r := range rules.Rules {
		if r.NeedsBaseline() && *f.baseline == "" {
			return rules, "", usageError{r.Wrong(*f.rules, r.Kind+" compares with an earlier evaluation: name it with --baseline").Error()}
		}
	}
	return rules, string(content), nil
}

// misuseOf is a refusal of the rules as a mistake of whoever wrote them.
func misuseOf(err error) error {
	if refused, ok := err.(*client.Error); ok && refused.Status == 422 {
		return usageError{err.Error()}
	}
	return err
}

// makeFor makes the maps and tests that rules ask for and that are not there.
func (s *session) makeFor(ctx context.Context, f gates.File, e api.Evaluation, baseline string) error {
	of := e.Headline.Slice
	if f.Sliced {
		of = f.Slice
	}
	if _, err := slice.Parse(of); err != nil {
		return usageError{"slice: " + err.Error()}
	}
	made := map[[2]string]bool{}
	tests, fresh := false, false
	for _, r := range f.Rules {
		tests, fresh = tests || r.NeedsTests(), fresh || r.NeedsTests() && r.NeedsBaseline()
		if !r.NeedsMaps() || made[[2]string{r.Method, r.Target}] {
			continue
		}
		made[[2]string{r.Method, r.Target}] = true
		targets, err := chooseTargets(e, []string{r.Target})
		if err != nil {
			return err
		}
		if _, err := s.look(ctx, e, "label", client.ShareQuery{Slice: of, Methods: []string{r.Method}, Targets: targets, Trust: true}, true); err != nil {
			return err
		}
	}
	if tests {
		if _, err := s.find(ctx, e.ID, 0); err != nil {
			return err
		}
	}
	if fresh {
		_, err := s.find(ctx, baseline, 0)
		return err
	}
	return nil
}

// write writes the report, and where it goes to a file, a text to standard output.
func (f checkFlags) write(c *call, found api.Check) error {
	report := func(w io.Writer) error {
		if *f.format == "json" {
			e := json.NewEncoder(w)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			return e.Encode(found)
		}
		return gatereport.Write(w, *f.format, found)
	}
	if *f.out == "" {
		return report(c.stdout)
	}
	if err := writeFile(*f.out, func(w *os.File) error { return report(w) }); err != nil {
		return fmt.Errorf("writing the report to %s: %w", *f.out, err)
	}
	if c.json {
		return c.document(found)
	}
	return gatereport.Write(c.stdout, gatereport.Text, found)
}

// exit is the exit status of a verdict.
func (f checkFlags) exit(found api.Check) error {
	verdict := found.Verdict
	if verdict == "unjudged" && *f.unjudged != "" {
		verdict = *f.unjudged
	}
	switch verdict {
	case "fail":
		return status(exitFailed)
	case "unjudged":
		return status(exitUnjudged)
	}
	return nil
}
