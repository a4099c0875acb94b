package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

func modelProbeVerb() verb {
	return verb{name: "model probe", group: groupData, args: []argument{{name: "DATASET", values: datasetNames}, {name: "MODEL", values: modelNames}},
		summary: "Find out by measuring how a model's images were prepared",
		about: `Where nothing says how a model's images were prepared, this tries the usual
ways (scale, mean and deviation, RGB or BGR, size and crop, filter, order of
the class names) on up to 200 labelled samples, of val or train where there are
any, and ranks them by log loss with paired intervals. It changes nothing.

--adopt adds the model once more, as MODEL-measured or --name NAME, with the
settings found, where they are clear and better. Evaluations that are there stay as
they are; evaluate the new name.`,
		examples: []string{
			"sightline model probe groceries my-model",
			"sightline model probe groceries my-model --adopt",
		},
		define: defineModelProbe}
}

func defineModelProbe(flags *pflag.FlagSet) action {
	adopt := flags.Bool("adopt", false, "add the model once more with what was found, if it is clear and better")
	name := flags.String("name", "", "`NAME` of the model that --adopt adds (default: MODEL-measured)")
	all := flags.Bool("all", false, "list all that was tried, not only the best of each stage")
	return func(ctx context.Context, c *call) error {
		if *name != "" && !*adopt {
			return usageError{"--name is of the model that --adopt adds: give both"}
		}
		return withStored(ctx, c, func(s *session) error {
			found, err := s.probe(ctx, c.args[0], c.args[1])
			if err != nil {
				return err
			}
			var added *api.Model
			if *adopt && found.Clear && found.Better {
				m, err := s.adopt(ctx, found, *name)
				if err != nil {
					return err
				}
				added = &m
			}
			return printProbe(c, found, added, *adopt, *all)
		})
	}
}

// probe runs a probe and shows its progress.
func (s *session) probe(ctx context.Context, dataset, model string) (api.Probe, error) {
	show := newProgress(s.call.stderr)
	defer show.clear()
	return s.Probe(ctx, dataset, model, func(p api.MeasureProgress) {
		show.update(api.Job{Title: fmt.Sprintf("Probe %s on %s", model, dataset), State: api.JobRunning, Items: p.Total, Done: p.Done, Rate: p.Rate, ETASeconds: p.ETASeconds})
	})
}

// foundByMeasuring begins the source of settings that a probe found.
const foundByMeasuring = "found by measuring"

// adopt adds the model once more with the settings found.
func (s *session) adopt(ctx context.Context, p api.Probe, name string) (api.Model, error) {
	document, err := json.Marshal(p.Chosen.Preprocessing)
	if err != nil {
		return api.Model{}, err
	}
	return s.AddVariant(ctx, p.Model, api.VariantRequest{Name: name, Preprocessing: string(document), Classes: p.Classes, Source: p.Source})
}

func printProbe(c *call, p api.Probe, added *api.Model, asked, all bool) error {
	if c.json {
		document := map[string]any{"probe": p}
		if added != nil {
			document["model"] = added
		}
		return c.document(document)
	}
	printCandidates(c, p, all)
	fmt.Fprintln(c.stdout, p.Verdict)
	for _, hint := range p.Hints {
		fmt.Fprintf(c.stdout, "from the graph: %s\n", hint)
	}
	switch {
	case added != nil:
		fmt.Fprintf(c.stdout, "added as %s, %s; `sightline evaluate %s %s` evaluates it\n", added.Name, foundByMeasuring, p.Dataset, added.Name)
	case asked:
		fmt.Fprintln(c.stdout, "nothing was added")
	case p.Command != "":
		fmt.Fprintf(c.stdout, "to adopt it: %s\n", p.Command)
	}
	return nil
}

// bestShown is how many candidates of a stage are shown.
const bestShown = 5

// printCandidates prints the best of each stage, and the settings the model has.
func printCandidates(c *call, p api.Probe, all bool) {
	t := newTable("", "stage", "candidate", "\tsamples", "\tlog loss", "\tcorrect", "\tlog loss more than the choice's")
	stage, shown := "", 0
	for _, k := range p.Candidates {
		if k.Stage != stage {
			stage, shown = k.Stage, 0
		}
		if shown++; shown <= bestShown || all || k.Present || k.Chosen {
			t.row(mark(k), k.Stage, k.Name, k.Samples, fmt.Sprintf("%.3f", k.LogLoss), percent(k.Accuracy), difference(k))
		}
	}
	t.row("", "now", "the settings that the model has", p.Present.Samples, fmt.Sprintf("%.3f", p.Present.LogLoss), percent(p.Present.Accuracy),
		difference(p.Present))
	t.write(c.stdout)
	fmt.Fprintln(c.stdout)
}

func mark(k api.ProbeCandidate) string {
	if k.Chosen {
		return "→"
	}
	return ""
}

// difference is with its interval, nothing for the choice itself.
func difference(k api.ProbeCandidate) string {
	d := k.Difference
	if d.Mean == 0 && d.Low == 0 && d.High == 0 {
		return ""
	}
	return fmt.Sprintf("%+.3f (%+.3f to %+.3f)", d.Mean, d.Low, d.High)
}

// measuredBefore finds the model that an earlier probe of the same file made, nil if none did.
func (s *session) measuredBefore(ctx context.Context, m api.Model) (*api.Model, error) {
	list, err := s.Models(ctx)
	for i, other := range list {
		if other.SHA256 == m.SHA256 && other.Name == m.Name+"-measured" && strings.HasPrefix(sourceOf(other, "values"), foundByMeasuring) {
			return &list[i], nil
		}
	}
	return nil, err
}

// sourceOf says where a setting of a model came from.
func sourceOf(m api.Model, setting string) string {
	for _, s := range m.Provenance {
		if s.Name == setting {
			return s.Source
		}
	}
	return ""
}

// guessed says whether nothing stated how a model's images were prepared.
func guessed(m api.Model) bool { return strings.HasPrefix(sourceOf(m, "values"), "default") }

// propose probes a model whose settings are a guess, and adds what is clear and better as
// another model, which it returns; nil if nothing is. Where there are too few labelled samples it
// does nothing.
func (s *session) propose(ctx context.Context, dataset string, m api.Model) (better *api.Model, err error) {
	if better, err = s.measuredBefore(ctx, m); err != nil || better != nil {
		return better, err
	}
	found, err := s.probe(ctx, dataset, m.Name)
	var refused *client.Error
	if errors.As(err, &refused) && refused.Status == http.StatusUnprocessableEntity {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if found.Clear && found.Better {
		added, err := s.adopt(ctx, found, "")
		if err == nil {
			better = &added
		} else if !errors.As(err, &refused) || refused.Status != http.StatusConflict {
			return nil, err
		} // else the name is another model's: it is only proposed
	}
	if s.call.json {
		return better, nil
	}
	return better, printProbe(s.call, found, better, false, false)
}
