package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/server/api"
)

func modelAddVerb() verb {
	return verb{name: "model add", group: groupData, args: []argument{{name: "FILE", is: "the ONNX classifier"}},
		summary: "Add an ONNX classifier",
		about: `--preprocessing takes a preprocessor_config.json (or the same as YAML), or
one of the presets imagenet, keras, caffe and plain, or the JSON itself. Without it the settings
come from files beside the model or from its metadata; a default is used
only with a warning. ` + "`sightline model show`" + ` says where each setting came from.`,
		examples: []string{
			"sightline model add model.onnx",
			"sightline model add model.onnx --name my-model --classes labels.txt --preprocessing imagenet",
		},
		define: defineModelAdd}
}

func defineModelAdd(flags *pflag.FlagSet) action {
	o := modelFlags(flags)
	name := flags.String("name", "", "`NAME` of the model (default: from the file's)")
	replace := flags.Bool("replace", false, "replace the model of that name: its settings, or its file if it has no evaluations")
	return func(ctx context.Context, c *call) error {
		request, err := o.request(c.args[0], *name)
		if err != nil {
			return err
		}
		request.Replace = *replace
		return withSession(ctx, c, func(s *session) error {
			m, err := s.addModel(ctx, request)
			if err != nil {
				return err
			}
			return showModel(c, m)
		})
	}
}

// stillEvery is how often a user is told that something is still under way.
const stillEvery = 10 * time.Second

// addModel adds a model, and says every while that it is still at it.
func (s *session) addModel(ctx context.Context, request api.ModelRequest) (api.Model, error) {
	var m api.Model
	opening := func() string { return "opening and trying " + filepath.Base(request.Path) }
	err := s.call.waiting(context.WithoutCancel(ctx), opening, func() (err error) { // the request ends with ctx
		m, err = s.AddModel(ctx, request)
		return err
	})
	return m, err
}

// waiting does what may have to open a model, and says every while that it is still at it,
// unless at is empty: large graphs take minutes. At the end of ctx it waits no longer, as
// opening cannot be stopped.
func (c *call) waiting(ctx context.Context, at func() string, do func() error) error {
	began := time.Now()
	tick := time.NewTicker(stillEvery)
	defer tick.Stop()
	done := make(chan error, 1)
	go func() { done <- do() }()
	for {
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			if at := at(); at != "" {
				fmt.Fprintf(c.stderr, "still %s, for %s so far: large graphs take minutes. Ctrl-C stops it\n", at, duration(time.Since(began)))
			}
		}
	}
}

func modelShowVerb() verb {
	return verb{name: "model show", group: groupData, args: []argument{{name: "NAME", values: modelNames}},
		summary:  "Show a model's inputs, outputs, preprocessing and where each setting came from",
		examples: []string{"sightline model show my-model"},
		define:   defineModelShow}
}

func defineModelShow(*pflag.FlagSet) action {
	return func(ctx context.Context, c *call) error {
		return withSession(ctx, c, func(s *session) error {
			m, err := s.Model(ctx, c.args[0])
			if err != nil {
				return err
			}
			return showModel(c, m)
		})
	}
}

func modelListVerb() verb {
	return verb{name: "model list", group: groupData, summary: "List the models of the workspace", examples: []string{"sightline model list"}, define: func(*pflag.FlagSet) action {
		return func(ctx context.Context, c *call) error {
			return withSession(ctx, c, func(s *session) error { return listModels(ctx, s) })
		}
	}}
}

func listModels(ctx context.Context, s *session) error {
	models, err := s.Models(ctx)
	if err != nil {
		return err
	}
	if s.call.json {
		return s.call.document(api.ModelList{Models: models})
	}
	if len(models) == 0 {
		fmt.Fprintln(s.call.stdout, "no models yet: sightline model add FILE")
		return nil
	}
	t := newTable("model", "\tclasses", "input", "file")
	for _, m := range models {
		t.row(m.Name, m.Output.Classes, inputSize(m), m.Path)
	}
	t.write(s.call.stdout)
	return nil
}

// modelOptions are the flags that say how to read a model.
type modelOptions struct {
	preprocessing, classes, output string
	background                     bool
}

func modelFlags(flags *pflag.FlagSet) *modelOptions {
	o := &modelOptions{}
	o.declare(flags)
	return o
}

func (o *modelOptions) declare(flags *pflag.FlagSet) {
	flags.StringVar(&o.preprocessing, "preprocessing", "", "`FILE|PRESET`: a preprocessor_config.json (or YAML), or imagenet, keras, caffe, plain (default: recognised)")
	flags.StringVar(&o.classes, "classes", "", "`FILE` of class names, one per line in the model's order, or JSON (default: recognised)")
	flags.BoolVar(&o.background, "background", false, "the class names leave out the model's first class, a background, or name one that it has not")
	flags.StringVar(&o.output, "output", "", "`NAME` of the class output (default: recognised)")
}

// request makes paths absolute, since the server may run elsewhere.
func (o *modelOptions) request(path, name string) (api.ModelRequest, error) {
	r := api.ModelRequest{Name: name, Output: o.output, Background: o.background}
	var err error
	if r.Path, err = filepath.Abs(path); err != nil {
		return r, err
	}
	info, err := os.Stat(r.Path)
	switch {
	case os.IsNotExist(err):
		return r, fmt.Errorf("there is no file %s: check the path", r.Path)
	case err != nil:
		return r, fmt.Errorf("cannot read the model: %w", err)
	case info.IsDir():
		return r, fmt.Errorf("%s is a folder: give the .onnx file in it", r.Path)
	}
	r.Preprocessing = beside(o.preprocessing, filepath.Dir(r.Path))
	if strings.HasPrefix(o.preprocessing, "{") {
		r.Preprocessing = o.preprocessing // the document itself
	} else if o.preprocessing != "" && !strings.ContainsAny(o.preprocessing, "./") && !exists(o.preprocessing) {
		r.Preprocessing = o.preprocessing // a preset's name
	}
	r.Classes = beside(o.classes, filepath.Dir(r.Path))
	return r, checkFiles([]string{r.Classes})
}
