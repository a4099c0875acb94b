package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/slice"
)

func similarVerb() verb {
	return verb{name: "similar", group: groupResult,
		args:    []argument{{name: "DATASET", values: datasetNames}, {name: "MODEL", values: modelNames}, {name: "PATH", is: "of an image, as in the dataset"}},
		summary: "Find the images that look most like one to the model",
		about: `Compares the embedding of an image (what the model's last layer gets) with those of
all others, by the cosine, and lists the most similar ones: those that the model gets
right, those that it gets wrong, and those without a label. The answer is exact.
--slice looks among some images only, such as split=train.`,
		examples: []string{
			"sightline similar groceries my-model cake/dark.png",
			"sightline similar groceries my-model cake/dark.png --slice label=cake --limit 20 --json",
		},
		define: defineSimilar}
}

func defineSimilar(flags *pflag.FlagSet) action {
	text := flags.String("slice", "", "among images that meet these conditions (`TEXT`), such as 'split=train'")
	limit := flags.Int("limit", 5, "at most `N` of each list (1 to 100)")
	return func(ctx context.Context, c *call) error {
		if err := checkSlice(*text); err != nil {
			return err
		}
		if *limit < 1 || *limit > 100 {
			return usageError{fmt.Sprintf("--limit %d: must be 1 to 100", *limit)}
		}
		return withEvaluation(ctx, c, func(s *session, e api.Evaluation) error {
			sample, err := s.findSample(ctx, e, c.args[2])
			if err != nil {
				return err
			}
			found, err := s.Similar(ctx, e.ID, sample, *text, *limit)
			if err != nil {
				return err
			}
			if c.json {
				return c.document(found)
			}
			if found.Reason != "" {
				return errors.New(found.Reason)
			}
			printSimilar(c, e, found)
			return nil
		})
	}
}

// findSample is the sample at a path.
func (s *session) findSample(ctx context.Context, e api.Evaluation, path string) (int64, error) {
	of := slice.Equal("q", slice.Named(path))
	const page = 1000
	for offset := 0; ; offset += page {
		list, err := s.Samples(ctx, e.ID, of.String(), "path", offset, page)
		if err != nil {
			return 0, err
		}
		for _, one := range list.Samples {
			if one.Path == path {
				return one.ID, nil
			}
		}
		if offset+page >= list.Total {
			return 0, s.noSample(ctx, e, path)
		}
	}
}

// noSample says that there is no sample at a path, and what a path looks like here.
func (s *session) noSample(ctx context.Context, e api.Evaluation, path string) error {
	list, err := s.Samples(ctx, e.ID, "", "path", 0, 1)
	if err != nil {
		return err
	}
	if len(list.Samples) == 0 {
		return fmt.Errorf("%s has no predictions yet", e.ID)
	}
	return fmt.Errorf("%s has no prediction of an image at %s: give its path as in the dataset, such as %s", e.ID, path, list.Samples[0].Path)
}

func printSimilar(c *call, e api.Evaluation, found api.Similar) {
	for _, list := range []struct {
		title   string
		samples []api.SimilarSample
	}{{"right", found.Right}, {"wrong", found.Wrong}, {"without a label", found.Unlabelled}} {
		if len(list.samples) == 0 {
			continue
		}
		fmt.Fprintf(c.stdout, "%s:\n", list.title)
		t := newTable("", "\t", "", "")
		for _, one := range list.samples {
			predicted := predictedName(e, one.Predicted)
			t.row(" ", fmt.Sprintf("%.4f", one.Similarity), oneLine(one.Path), fmt.Sprintf("%s → %s", oneLine(one.LabelName), oneLine(predicted)))
		}
		t.writeRows(c.stdout)
	}
	if len(found.Right)+len(found.Wrong)+len(found.Unlabelled) == 0 {
		fmt.Fprintln(c.stdout, "No other image of the slice has a prediction.")
	}
}
