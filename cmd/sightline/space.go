package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

func spaceVerb() verb {
	return verb{name: "space", group: groupResult,
		args:    []argument{{name: "DATASET", values: datasetNames}, {name: "MODEL", values: modelNames}},
		summary: "Lay all images out on a map, by what the model sees in them",
		about: `Compares the embeddings of all images (what the model's last layer gets) with each
other, and lays the images out in the plane so that neighbours stay near (UMAP). The same
predictions and seed give the same map, whatever was stopped meanwhile. The page Images shows
it; --out writes where each image lies: sample, x, y.`,
		examples: []string{
			"sightline space groceries my-model",
			"sightline space groceries my-model --out points.csv",
		},
		define: defineSpace}
}

func defineSpace(flags *pflag.FlagSet) action {
	seed := flags.Uint64("seed", 0, "`N` for what is drawn; another gives another map")
	out := flags.String("out", "", "write the positions to `FILE` (CSV)")
	return func(ctx context.Context, c *call) error {
		return withEvaluation(ctx, c, func(s *session, e api.Evaluation) error {
			started, err := s.MakeSpace(ctx, e.ID, *seed)
			if err != nil {
				return err
			}
			if started.Job != nil {
				if _, err := s.follow(ctx, *started.Job); err != nil {
					return err
				}
			}
			if *out != "" {
				if err := s.writePoints(ctx, e, *out); err != nil {
					return err
				}
			}
			space, err := s.Space(ctx, e.ID)
			if err != nil {
				return err
			}
			if c.json {
				return c.document(space)
			}
			fmt.Fprintf(c.stdout, "%s: %d images on the map, %d of them compared with each other\n", e.ID, space.Images, space.Drawn)
			return nil
		})
	}
}

func (s *session) writePoints(ctx context.Context, e api.Evaluation, file string) error {
	points, err := s.SpacePoints(ctx, e.ID, "umap")
	if err != nil {
		return err
	}
	err = writeFile(file, func(f *os.File) error { return pointsCSV(f, points) })
	if err == nil {
		fmt.Fprintf(s.call.stderr, "%d positions written to %s\n", len(points), file)
	}
	return err
}

func pointsCSV(f *os.File, points []client.Point) error {
	w := csv.NewWriter(f)
	err := w.Write([]string{"sample", "x", "y"})
	number := func(v float32) string { return strconv.FormatFloat(float64(v), 'g', -1, 32) }
	for _, p := range points {
		err = errors.Join(err, w.Write([]string{strconv.FormatInt(p.Sample, 10), number(p.X), number(p.Y)}))
	}
	w.Flush()
	return errors.Join(err, w.Error())
}
