package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/server/api"
)

func conceptsVerb() verb {
	return verb{name: "concepts", group: groupResult, args: []argument{{name: "DATASET", values: datasetNames}, {name: "MODEL", values: modelNames}},
		summary: "Find the parts that the model looks at in images of each class, without annotation",
		about: `Runs up to 200 images of each class that the model gets right up to its last
layer with places, and parts what is there into concepts: things that occur
together, each with a place on every image. How many there are is found by what
returns from another start and in halves of the images; --k gives a number.
Each is told with what it adds to the score of the class, and with the concept of
another class that is most like it. docs/concepts.md tells how to read them.

--class NAME looks into one class; it may be given several times. --name says what a
concept is, such as --name 'chef/1=beret'; an empty name takes it away.`,
		examples: []string{
			"sightline concepts people my-model",
			"sightline concepts people my-model --class cake --k 3 --json",
		},
		define: defineConcepts}
}

func defineConcepts(flags *pflag.FlagSet) action {
	classes := flags.StringArray("class", nil, "look into the class `NAME` alone; may be given several times")
	k := flags.Int("k", 0, "how many concepts (`N`) each class has, at most 20 (default: as many as return)")
	names := flags.StringArray("name", nil, "give a concept a name: `CLASS/NUMBER=NAME`")
	return func(ctx context.Context, c *call) error {
		if *k < 0 || *k > 20 {
			return usageError{fmt.Sprintf("--k %d: must be from 1 to 20, or 0 for as many as return", *k)}
		}
		return withEvaluation(ctx, c, func(s *session, e api.Evaluation) error {
			var which []int
			for _, name := range *classes {
				index, err := classIndex(e, "--class", name)
				if err == nil && index == nil {
					err = usageError{"--class: must be a class by name"}
				}
				if err != nil {
					return err
				}
				which = append(which, *index)
			}
			found, err := s.concepts(ctx, e, which, *k, *names)
			if err != nil {
				return err
			}
			if c.json {
				return c.document(found)
			}
			printConcepts(c.stdout, e, found)
			return nil
		})
	}
}

// concepts finds those of classes, names some, and returns what there is then.
func (s *session) concepts(ctx context.Context, e api.Evaluation, classes []int, k int, names []string) (api.Concepts, error) {
	known, err := s.Concepts(ctx, e.ID, classes, 0)
	if err != nil {
		return known, err
	}
	if len(names) == 0 || len(known.Classes) == 0 { // who only names does not want other concepts
		job, err := s.FindConcepts(ctx, e.ID, api.ConceptsRequest{Classes: classes, K: k})
		if err == nil && job != nil {
			_, err = s.follow(ctx, *job)
		}
		if err != nil {
			return known, err
		}
	}
	for _, text := range names {
		of, name, ok := strings.Cut(text, "=")
		at := strings.LastIndex(of, "/")
		if !ok || at < 0 {
			return known, usageError{fmt.Sprintf("--name %s: must be such as 'chef/1=beret'", text)}
		}
		class, err := classIndex(e, "--name", of[:at])
		if err == nil && class == nil {
			err = usageError{fmt.Sprintf("--name %s: must be such as 'chef/1=beret'", text)}
		}
		if err != nil {
			return known, err
		}
		number, err := strconv.Atoi(of[at+1:])
		if err != nil {
			return known, usageError{fmt.Sprintf("--name %s: %q is not the number of a concept", text, of[at+1:])}
		}
		if err := s.NameConcept(ctx, e.ID, *class, number, name); err != nil {
			return known, err
		}
	}
	return s.Concepts(ctx, e.ID, classes, 6)
}

func printConcepts(w io.Writer, e api.Evaluation, found api.Concepts) {
	fmt.Fprintf(w, "%s: what the model looks at in images of each class, at the layer %s\n", e.ID, cmp.Or(found.Layer, "–"))
	t := newTable("class", "\tconcept", "\tshare", "\tadds", "95 % interval", "\tarea", "\treturns", "most like")
	var none []api.ConceptClass
	for _, c := range found.Classes {
		if c.Reason != "" {
			none = append(none, c)
		}
		for i, one := range c.Concepts {
			name := brief(c.Name)
			if i > 0 {
				name = ""
			}
			t.row(name, strings.TrimSpace(fmt.Sprintf("%d %s", one.Number, one.Name)), share(one.Share), fmt.Sprintf("%.2f", one.Adds), fmt.Sprintf("%.2f to %.2f", one.Low, one.High),
				share(one.Area), returning(one), likeText(one.Like))
		}
	}
	t.write(w)
	for _, c := range none {
		fmt.Fprintf(w, "\n%s has no concepts: %s\n", c.Name, c.Reason)
	}
	if found.Stale {
		fmt.Fprintln(w, "\nSome are from former predictions; the same command finds them anew.")
	}
	fmt.Fprintln(w, "\nadds: to the score of the class, in logits above the mean of all classes; share: of all that speaks for it.\nreturns: smallest cosine with itself from another start and in halves of the images; below 0.90 it is unstable.")
}

func returning(c api.Concept) string {
	if c.Stable {
		return fmt.Sprintf("%.2f", c.Returns)
	}
	return fmt.Sprintf("%.2f unstable", c.Returns)
}

// likeText names the nearest concept of another class.
func likeText(l *api.ConceptLike) string {
	if l == nil {
		return "–"
	}
	return fmt.Sprintf("%s %d (%.2f)", brief(l.ClassName), l.Number, l.Cosine)
}
