package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/server/api"
)

func openVerb() verb {
	return verb{name: "open", group: groupBegin, args: []argument{{name: "DIR", is: "the folder of images", values: folders}}, needs: "--model FILE", serves: true,
		summary: "Import a folder, evaluate a model on it and serve the result, in one go",
		about: `Does what import, model add, evaluate and serve do, with their flags, and
continues where it was if it is given again. Where the workspace has a server
already, that one does the work and the command ends when it is done.

Where nothing says how the model's images were prepared, it finds that out by
measuring once the first figures are there, as ` + "`sightline model probe`" + ` does. What is
clear and better it adds as MODEL-measured and evaluates too; the first evaluation
stays. --no-probe leaves that out, --preprocessing makes it needless.

It makes the saliency maps of all images too, by the method that auto means, if
they can come from the same runs of the model. --explain METHOD makes others, as
evaluate does; --explain none leaves them out. --out DIR writes them there with overlays, an index and what they say of regions,
as explain does.`,
		examples: []string{
			"sightline open photos --model model.onnx",
			"sightline open photos --model model.onnx --classes labels.txt --preprocessing imagenet",
			"sightline open photos --model model.onnx --explain gradcam --out maps",
		},
		define: defineOpen}
}

func defineOpen(flags *pflag.FlagSet) action {
	dataset := importFlags(flags)
	model := modelFlags(flags)
	modelPath := flags.String("model", "", "`FILE` of the ONNX classifier")
	modelName := flags.String("model-name", "", "`NAME` of the model (default: from the file's)")
	maps := withMapsFlags(flags)
	out := flags.String("out", "", "write the maps to this folder (`DIR`), as explain does")
	noProbe := flags.Bool("no-probe", false, "take the settings that are guessed, and measure nothing")
	options := serveFlags(flags)
	return func(ctx context.Context, c *call) error {
		if *modelPath == "" {
			return usageError{"missing --model FILE, the ONNX classifier"}
		}
		if err := maps.opened(*out); err != nil {
			return err
		}
		imported, err := dataset.request(c.args[0])
		if err != nil {
			return err
		}
		added, err := model.request(*modelPath, *modelName)
		if err != nil {
			return err
		}
		added.Replace = true // its settings, where the command is given again with others
		return runOpen(ctx, c, *options, opening{imported, added, !*noProbe && added.Preprocessing == "", maps, *out})
	}
}

// opening is what to open.
type opening struct {
	dataset api.ImportRequest
	model   api.ModelRequest
	probe   bool // a model whose settings are a guess
	maps    *withMaps
	out     string // the folder to write them to; "" for none
}

// runOpen does all steps on the workspace's running server if there is one,
// and then leaves; else it serves until Ctrl-C.
func runOpen(ctx context.Context, c *call, o serving, what opening) error {
	if s := c.running(ctx); s != nil {
		defer s.Close()
		e, err := s.openAll(ctx, what)
		if err != nil {
			return err
		}
		return c.opened(ctx, s, e)
	}
	own, err := c.startServer(ctx, o)
	if err != nil {
		return err
	}
	s := c.ownSession(ctx, own)
	fmt.Fprintf(c.stderr, "Sightline is at %s\n", withToken(own.URL(), own))
	e, err := s.openAll(ctx, what)
	if err != nil {
		s.Close()
		return err
	}
	document, err := s.document(ctx, own.URL(), e)
	if err != nil {
		s.Close()
		return err
	}
	return c.serve(ctx, own, document)
}

// document is what `open --json` says: figures, and the probe, where one told the settings or
// tried to.
func (s *session) document(ctx context.Context, url string, e api.Evaluation) (map[string]any, error) {
	document := map[string]any{"evaluation": e.ID, "model": e.Model, "accuracy": e.Accuracy, "samples": e.Evaluated, "slice": e.Slice, "page": evaluationPage(url, e.ID)}
	p, err := s.EvaluationProbe(ctx, e.ID)
	if p.Found != nil {
		document["probe"] = p.Found
	}
	return document, err
}

// openAll imports, adds the model and evaluates, and prints what came out.
func (s *session) openAll(ctx context.Context, what opening) (e api.Evaluation, err error) {
	d, problems, err := s.importDataset(ctx, what.dataset)
	if err != nil {
		return e, err
	}
	m, err := s.addModel(ctx, what.model)
	if err != nil {
		return e, err
	}
	if !s.call.json {
		printDataset(s.call, d, problems)
		printModel(s.call, m)
	}
	if e, err = s.evaluateShown(ctx, d.Name, m, what.maps); err != nil {
		return e, err
	}
	if what.probe && guessed(m) {
		better, err := s.propose(ctx, d.Name, m)
		if err != nil {
			return e, err
		}
		if better != nil {
			if e, err = s.evaluateShown(ctx, d.Name, *better, what.maps); err != nil {
				return e, err
			}
		}
	}
	if what.out == "" {
		return e, nil
	}
	return e, s.silent().explain(ctx, e.Dataset, e.Model, what.maps.written(what.out))
}

// silent is the session of a step of a verb that writes one document at its end: the step
// writes none.
func (s *session) silent() *session {
	if !s.call.json {
		return s
	}
	own := *s
	own.call = &call{}
	*own.call = *s.call
	own.call.stdout = io.Discard
	return &own
}

// evaluateShown evaluates a model on a dataset, with maps if any are wanted, and prints the
// figures.
func (s *session) evaluateShown(ctx context.Context, dataset string, m api.Model, maps *withMaps) (e api.Evaluation, err error) {
	request := api.EvaluateRequest{Dataset: dataset, Model: m.Name}
	if err := s.askMaps(ctx, maps, &request); err != nil {
		return e, err
	}
	job, err := s.runEvaluation(ctx, request)
	if err != nil {
		return e, err
	}
	e, confusions, err := s.figures(ctx, resultText(job, "evaluation"), nil)
	if err != nil {
		return e, err
	}
	aside, err := s.setAside(ctx, e)
	if err != nil {
		return e, err
	}
	if !s.call.json {
		shown := e
		shown.Warnings = without(e.Warnings, m.Warnings)
		printEvaluation(s.call, shown, confusions, aside)
	}
	made, err := s.finishMaps(ctx, maps, job)
	if err == nil && !s.call.json {
		made.print(s.call, e)
	}
	return e, err
}

// without leaves out what was said before: an evaluation repeats the warnings of its model.
func without(list, said []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(text string) bool { return slices.Contains(said, text) })
}

// opened reports where a server that was already running shows the result.
func (c *call) opened(ctx context.Context, s *session, e api.Evaluation) error {
	if c.json {
		document, err := s.document(ctx, s.URL(), e)
		if err != nil {
			return err
		}
		document["url"] = s.URL()
		return c.document(document)
	}
	fmt.Fprintf(c.stdout, "The workspace's server shows it at %s\n", evaluationPage(s.URL(), e.ID))
	return nil
}

func evaluationPage(url, evaluation string) string { return url + "/evaluations/" + evaluation }
